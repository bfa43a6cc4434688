import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { describeError, type DescribedError } from './describe-error.ts';
import { type LogFacts, pickFacts, type WrittenFacts } from './log-facts.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** One JSON line per event. Facts are a closed list of names; the message is a constant sentence, not a template. */
export interface Logger {
  trace(facts: LogFacts, message: string): void;
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
  fatal(facts: LogFacts, message: string): void;
  /** A logger whose lines all carry these facts, such as the request id. */
  child(facts: LogFacts): Logger;
  isEnabled(level: LogLevel): boolean;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which process writes: `gateway`, `worker`. */
  readonly service: string;
  readonly instanceId?: string;
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/** Makes the logger of a process. Lines to standard output are written at once, so that a crash does not lose them. */
export function createLogger({ level, service, instanceId, destination }: LoggerOptions): Logger {
  const root = pino(
    {
      level,
      base: { service, ...(instanceId === undefined ? {} : { instanceId }) },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  return wrap(root);
}

/** A logger that writes nothing, for code that is run outside a process of ours. */
export function createSilentLogger(): Logger {
  return wrap(pino({ level: 'silent' }));
}

function wrap(logger: PinoLogger): Logger {
  const write =
    (level: LogLevel) =>
    (facts: LogFacts, message: string): void => {
      if (logger.isLevelEnabled(level)) {
        logger[level](writtenFacts(facts), message);
      }
    };
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    child: (facts) => wrap(logger.child(writtenFacts(facts))),
    isEnabled: (level) => logger.isLevelEnabled(level),
  };
}

function writtenFacts(facts: LogFacts): WrittenFacts | (WrittenFacts & { readonly error: DescribedError }) {
  const { error, ...others } = facts;
  const picked = pickFacts(others);
  return error === undefined ? picked : Object.assign(picked, { error: describeError(error) });
}
