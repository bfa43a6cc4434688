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
  /** Writes what is still buffered; to be called when the process ends. */
  flush(): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which process writes: `gateway`, `worker`. */
  readonly service: string;
  readonly instanceId?: string;
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
  /**
   * Gathers lines to standard output for a tenth of a second, for a process that writes one per call. Errors are written
   * at once, with all that came before them; the owner calls `flush` when the process ends.
   */
  readonly isBuffered?: boolean;
}

const bufferBytes = 8_192;
const flushEveryMs = 100;

/**
 * Makes the logger of a process. Lines to standard output are written at once, so that a crash does not lose them,
 * unless they are buffered.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { level, service, instanceId, destination, isBuffered = false } = options;
  const standardOutput = destination === undefined ? openStandardOutput(isBuffered) : undefined;
  const root = pino(
    {
      level,
      base: { service, ...(instanceId === undefined ? {} : { instanceId }) },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? standardOutput,
  );
  return wrap(root, () => standardOutput?.flushSync());
}

function openStandardOutput(isBuffered: boolean) {
  const buffering = isBuffered ? { minLength: bufferBytes, periodicFlush: flushEveryMs } : {};
  return pino.destination({ dest: 1, sync: true, ...buffering });
}

/** A logger that writes nothing, for code that is run outside a process of ours. */
export function createSilentLogger(): Logger {
  return wrap(pino({ level: 'silent' }), () => {});
}

function wrap(logger: PinoLogger, flush: () => void): Logger {
  const write =
    (level: LogLevel) =>
    (facts: LogFacts, message: string): void => {
      if (logger.isLevelEnabled(level)) {
        logger[level](writtenFacts(facts), message);
      }
    };
  const writeAtOnce = (level: 'error' | 'fatal') => {
    const writeLine = write(level);
    return (facts: LogFacts, message: string): void => {
      writeLine(facts, message);
      flush();
    };
  };
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: writeAtOnce('error'),
    fatal: writeAtOnce('fatal'),
    child: (facts) => wrap(logger.child(writtenFacts(facts)), flush),
    isEnabled: (level) => logger.isLevelEnabled(level),
    flush,
  };
}

function writtenFacts(facts: LogFacts): WrittenFacts | (WrittenFacts & { readonly error: DescribedError }) {
  const { error, ...others } = facts;
  const picked = pickFacts(others);
  return error === undefined ? picked : Object.assign(picked, { error: describeError(error) });
}
