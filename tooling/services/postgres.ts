import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { freePort } from '../network/ports.ts';
import { root } from '../paths.ts';
import { logTail, startChild, waitUntilReady, type Launch, type RunningChild } from '../process/child.ts';
import { keptPassword } from './password-file.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import { giveTo, placeForData, removeData, serviceUser, type ServiceUser } from './postgres-user.ts';
import { readSettings } from './server-settings.ts';

export interface PostgresOptions {
  /** Data and password live here; made when missing. */
  readonly dataDir: string;
  /** Default: in `dataDir`. */
  readonly logFile?: string;
  /** Default: a free port. */
  readonly port?: number;
  /** A server that runs already; then nothing is started, and `stop` leaves it alone. */
  readonly givenUrl?: string | undefined;
  /** False only for tests: a crash of the machine may lose the data. Default true. */
  readonly isDurable?: boolean;
  /** Starts the process, so that its owner can stop everything it has started; default: by itself. */
  readonly launch?: Launch;
  /** Told in a few words what runs. */
  readonly log: (text: string) => void;
}

export interface Postgres {
  /** Of the database `turnpike`, as the role that owns it. */
  readonly ownerUrl: string;
  readonly port: number;
  /** Settles with the reason when the server ends without `stop`; never when it was given. */
  readonly child: RunningChild | undefined;
  stop(): Promise<void>;
}

const ownerName = 'turnpike';
const databaseName = 'turnpike';
const startTimeoutMs = 60_000;
const settingsFile = join(root, 'infra', 'postgres', 'postgresql.conf');

/** For tests, where losing everything in a power cut is no loss. */
const volatileSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' };

function run(
  binaries: PostgresBinaries,
  program: string,
  args: readonly string[],
  user: ServiceUser,
  input?: string,
): void {
  const result = spawnSync(join(binaries.folder, program), args, {
    ...user,
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    ...(input === undefined ? {} : { input }),
  });
  if (result.status === 0) return;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`;
  if (/No space left on device|ENOSPC/i.test(output)) {
    throw new Failure('The disk is full, so the database could not be made. Free about 1 GB and start again.');
  }
  throw new Failure(
    `Postgres could not make its data folder (${program}): ${output.trim().split('\n').slice(-3).join(' ')}`,
  );
}

/** Makes the cluster and the database; a half-made folder of an interrupted run is removed first. */
function initialise(binaries: PostgresBinaries, dataDir: string, data: string, user: ServiceUser): void {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  giveTo(user, data);
  const passwordFile = join(data, '..', 'initial-password');
  writeFileSync(passwordFile, keptPassword(join(dataDir, 'password')), { mode: 0o600 });
  giveTo(user, passwordFile);
  const locale =
    binaries.majorVersion >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C'];
  try {
    const access = ['--auth=scram-sha-256', `--username=${ownerName}`, `--pwfile=${passwordFile}`];
    run(
      binaries,
      'initdb',
      ['-D', data, '--encoding=UTF8', '--no-instructions', '--no-sync', ...locale, ...access],
      user,
    );
  } finally {
    rmSync(passwordFile);
  }
  // Single-user mode makes the database without a client and before anyone can connect.
  run(binaries, 'postgres', ['--single', '-D', data, 'postgres'], user, `CREATE DATABASE ${databaseName};\n`);
  writeFileSync(join(dataDir, 'initialised'), `${binaries.majorVersion}\n`);
}

function requireSameVersion(binaries: PostgresBinaries, data: string): void {
  const made = Number(readFileSync(join(data, 'PG_VERSION'), 'utf8'));
  if (made === binaries.majorVersion) return;
  throw new Failure(
    `The data in ${data} was made by Postgres ${made}, but Postgres ${binaries.majorVersion} would run now. Reset it with "npm start -- --fresh", or set DATABASE_URL to a server that holds it.`,
  );
}

/** The server writes its state into the eighth line of this file; that is also how `pg_ctl --wait` knows. */
function saysReady(data: string): boolean {
  const file = join(data, 'postmaster.pid');
  return existsSync(file) && readFileSync(file, 'utf8').split('\n')[7]?.trim() === 'ready';
}

function given(url: string): Postgres {
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol)) {
    throw new Failure(
      'DATABASE_URL is not a Postgres address. It looks like postgres://user:password@host:5432/database',
    );
  }
  return { ownerUrl: url, port: Number(new URL(url).port || '5432'), child: undefined, stop: () => Promise.resolve() };
}

/**
 * Starts Postgres on the loopback interface with its data in `dataDir`, or takes `givenUrl`. Resolves when it accepts
 * connections. Throws a `Failure` that says what to do.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  if (options.givenUrl !== undefined) {
    options.log('the server of DATABASE_URL');
    return given(options.givenUrl);
  }
  const user = serviceUser();
  const binaries = findPostgres(user);
  const data = placeForData(options.dataDir, user);
  if (!existsSync(join(options.dataDir, 'initialised'))) initialise(binaries, options.dataDir, data, user);
  requireSameVersion(binaries, data);

  const port = options.port ?? (await freePort());
  const settings = {
    ...readSettings(settingsFile),
    ...(options.isDurable === false ? volatileSettings : {}),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  };
  const logFile = options.logFile ?? join(options.dataDir, 'postgres.log');
  mkdirSync(options.dataDir, { recursive: true });
  // A pid file from a server that was killed still says "ready"; Postgres itself checks who it belonged to.
  const previous = existsSync(join(data, 'postmaster.pid')) ? readFileSync(join(data, 'postmaster.pid'), 'utf8') : '';
  const child = await (options.launch ?? startChild)({
    name: 'database',
    command: join(binaries.folder, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    cwd: '/',
    logFile,
    // SIGINT is the fast shutdown: it ends sessions instead of waiting for them.
    stopSignal: 'INT',
    ...(user === undefined ? {} : { user }),
  });
  const isOurs = () => readFileSync(join(data, 'postmaster.pid'), 'utf8').startsWith(`${child.pid}\n`);
  try {
    await waitUntilReady(child, () => saysReady(data) && (previous === '' || isOurs()), startTimeoutMs);
  } catch (error) {
    await child.stop();
    if (/lock file "postmaster\.pid" already exists/.test(logTail(logFile))) {
      throw new Failure(`Another Postgres already runs on ${data}: Turnpike seems to be started here. Stop it first.`, {
        cause: error,
      });
    }
    throw error;
  }
  chmodSync(logFile, 0o600);
  options.log(`Postgres ${binaries.majorVersion}, ${binaries.source}, port ${port}`);
  const password = keptPassword(join(options.dataDir, 'password'));
  return {
    ownerUrl: `postgres://${ownerName}:${password}@127.0.0.1:${port}/${databaseName}`,
    port,
    child,
    stop: () => child.stop(),
  };
}

/** Removes everything that `startPostgres` keeps for `dataDir`. The server must be stopped. */
export function removePostgresData(dataDir: string): void {
  removeData(dataDir);
}
