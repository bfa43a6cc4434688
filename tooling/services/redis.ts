import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../failure.ts';
import { freePort } from '../network/ports.ts';
import { root } from '../paths.ts';
import { startChild, waitUntilReady, type Launch, type RunningChild } from '../process/child.ts';
import { keptPassword } from './password-file.ts';
import { findRedis, libraryEnvironment } from './redis-binaries.ts';

export interface RedisOptions {
  /** Data and password live here; made when missing. */
  readonly dataDir: string;
  /** Default: in `dataDir`. */
  readonly logFile?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** A server that runs already; then nothing is started, and `stop` leaves it alone. */
  readonly givenUrl?: string | undefined;
  /** False only for tests: nothing is written to disk. Default true. */
  readonly isDurable?: boolean;
  /** How many logical databases there are; default 16. */
  readonly databases?: number;
  /** Starts the process, so that its owner can stop everything it has started; default: by itself. */
  readonly launch?: Launch;
  /** Told in a few words what runs. */
  readonly log: (text: string) => void;
}

export interface Redis {
  readonly url: string;
  readonly port: number;
  /** True for the stand-in in JavaScript, which is slow and forgets everything when it stops. */
  readonly isStandIn: boolean;
  readonly child: RunningChild | undefined;
  stop(): Promise<void>;
}

/** An append-only file of some gigabytes takes this long to load. */
const startTimeoutMs = 120_000;
const pingTimeoutMs = 1_000;
const defaultDatabases = 16;
const settingsFile = join(root, 'infra', 'redis', 'redis.conf');

/** Whether the server answers PING, which it does only after it has loaded its data. */
function ping(port: number, password: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: pingTimeoutMs });
    let answer = '';
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => socket.write(`${password === undefined ? '' : `AUTH ${password}\r\n`}PING\r\n`));
    socket.on('data', (piece) => {
      answer += piece.toString('latin1');
      if (answer.includes('+PONG')) finish(true);
      else if (/^-/m.test(answer)) finish(false);
    });
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => resolve(false));
  });
}

function given(url: string): Redis {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new Failure('REDIS_URL is not a Redis address. It looks like redis://:password@host:6379');
  }
  return {
    url,
    port: Number(new URL(url).port || '6379'),
    isStandIn: false,
    child: undefined,
    stop: () => Promise.resolve(),
  };
}

/** The password is in a file of its own, because everyone on the machine can read the arguments of a process. */
function writeOwnSettings(options: RedisOptions, port: number, password: string): string {
  const file = join(options.dataDir, 'redis.conf');
  const settings = [
    `include ${JSON.stringify(settingsFile)}`,
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(options.dataDir)}`,
    `databases ${options.databases ?? defaultDatabases}`,
    `requirepass ${password}`,
    ...(options.isDurable === false ? ['appendonly no'] : []),
  ];
  writeFileSync(file, `${settings.join('\n')}\n`, { mode: 0o600 });
  return file;
}

/** The last resort where no Redis can be had: slow, in memory only, without a password. */
export async function startStandIn(options: RedisOptions, port: number): Promise<Redis> {
  options.log('a stand-in in JavaScript: slow, in memory only. Install redis-server for the real one');
  const script = fileURLToPath(new URL('javascript-redis.ts', import.meta.url));
  const child = await (options.launch ?? startChild)({
    name: 'Redis stand-in',
    command: process.execPath,
    args: [script, String(port), String(options.databases ?? defaultDatabases)],
    env: process.env,
    logFile: options.logFile ?? join(options.dataDir, 'redis.log'),
  });
  await waitOrStop(child, port, undefined);
  return { url: `redis://127.0.0.1:${port}`, port, isStandIn: true, child, stop: () => child.stop() };
}

async function waitOrStop(child: RunningChild, port: number, password: string | undefined): Promise<void> {
  try {
    await waitUntilReady(child, () => ping(port, password), startTimeoutMs);
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/**
 * Starts Redis on the loopback interface with its data in `dataDir`, or takes `givenUrl`. Resolves when it answers.
 * Throws a `Failure` that says what to do.
 */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  if (options.givenUrl !== undefined) {
    options.log('the server of REDIS_URL');
    return given(options.givenUrl);
  }
  mkdirSync(options.dataDir, { recursive: true });
  const port = options.port ?? (await freePort());
  const binary = await findRedis(options.log);
  if (binary === undefined) return startStandIn(options, port);

  const password = keptPassword(join(options.dataDir, 'password'));
  const child = await (options.launch ?? startChild)({
    name: 'Redis server',
    command: binary.path,
    args: [writeOwnSettings(options, port, password)],
    env: libraryEnvironment(binary.libraryFolders),
    logFile: options.logFile ?? join(options.dataDir, 'redis.log'),
  });
  await waitOrStop(child, port, password);
  options.log(`${binary.description}, port ${port}`);
  return { url: `redis://:${password}@127.0.0.1:${port}`, port, isStandIn: false, child, stop: () => child.stop() };
}

/** Removes everything that `startRedis` keeps for `dataDir`. The server must be stopped. */
export function removeRedisData(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
}
