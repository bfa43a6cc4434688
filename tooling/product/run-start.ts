import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { providers } from '@turnpike/adapters/registry';
import { tryLock } from '../bootstrap/lock.mjs';
import { Failure } from '../failure.ts';
import { localFolder } from '../paths.ts';
import { createSupervisor, type Supervisor } from '../process/supervisor.ts';
import { announcement } from './announce.ts';
import { choosePorts } from './choose-ports.ts';
import type { ProductMode } from './settings.ts';
import { dataFolders, startProduct, type Product } from './start-product.ts';
import { listenForStop } from './stop-signals.ts';
import { removePostgresData } from '../services/postgres.ts';
import { step } from '../terminal/progress.mjs';

const stateFile = join(localFolder, 'state.json');
const logFolder = join(localFolder, 'logs');
/** A first build and its caches take about a gigabyte. */
const leastFreeBytes = 1_000_000_000;

export interface StartOptions {
  /** Begin with empty data. */
  readonly isFresh: boolean;
  readonly mode: ProductMode;
  readonly whileRunning?: (product: Product, supervisor: Supervisor) => { end(): void };
}

function requireDiskSpace(): void {
  const { bavail, bsize } = statfsSync(localFolder);
  if (bavail * bsize >= leastFreeBytes) return;
  throw new Failure(`The disk that holds ${localFolder} is nearly full. Free about 2 GB and start again.`);
}

function lockStart(): () => void {
  const lock = tryLock(join(localFolder, 'start.lock'));
  if ('release' in lock) return lock.release;
  throw new Failure(
    `Turnpike already runs from this checkout (process ${lock.holderPid}). Stop it with Ctrl-C where it runs, or: kill ${lock.holderPid}`,
  );
}

function resetData(): void {
  if ((process.env.DATABASE_URL ?? '') !== '') {
    throw new Failure(
      '--fresh does not empty a database that you bring: empty the one of DATABASE_URL yourself, or unset DATABASE_URL.',
    );
  }
  removePostgresData(dataFolders(localFolder).postgres);
  for (const name of ['data', 'demo.json', 'state.json'])
    rmSync(join(localFolder, name), { recursive: true, force: true });
}

/** Names of the providers that have a key, so that their models are served by the vendors themselves. */
function liveProviders(): readonly string[] {
  const hasKey = (id: string) => (process.env[`${id.toUpperCase().replaceAll('-', '_')}_API_KEY`] ?? '') !== '';
  return providers
    .filter((provider) => provider.isSandbox !== true && hasKey(provider.id))
    .map((provider) => provider.id);
}

async function start(supervisor: Supervisor, isFresh: boolean, mode: ProductMode): Promise<Product> {
  if (isFresh) await step('remove the old data', () => Promise.resolve(resetData()));
  const ports = await choosePorts(process.env);
  const product = await startProduct({
    folder: localFolder,
    logFolder,
    ports,
    environment: process.env,
    databaseUrl: process.env.DATABASE_URL || undefined,
    redisUrl: process.env.REDIS_URL || undefined,
    isDurable: true,
    mode,
    supervisor,
    step,
  });
  writeFileSync(stateFile, `${JSON.stringify(product.state, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(stateFile, 0o600);
  return product;
}

/** Ends everything; a second request cuts the patience short. */
async function stopAll(supervisor: Supervisor, second: Promise<void>): Promise<void> {
  await Promise.race([supervisor.stopAll(), second.then(() => supervisor.killAll())]);
  rmSync(stateFile, { force: true });
}

/**
 * Starts the product, says how to use it, keeps it running until it is asked to stop or a process fails, and ends all of
 * it. Returns the exit code. `whileRunning` begins whatever belongs to the running product and returns its end.
 */
export async function runStart({ isFresh, mode, whileRunning }: StartOptions): Promise<number> {
  const startedMs = Date.now();
  mkdirSync(logFolder, { recursive: true });
  const stop = listenForStop();
  const release = lockStart();
  const supervisor = createSupervisor();
  let exitCode = 0;
  try {
    requireDiskSpace();
    process.stdout.write('\n  Turnpike\n\n');
    const starting = start(supervisor, isFresh, mode);
    const product = await Promise.race([starting, stop.first]);
    if (product === undefined) {
      process.stdout.write('\n  stopping …\n');
      await stopAll(supervisor, stop.second);
      // What was under way fails because its processes are gone; that is no news.
      await starting.catch(() => undefined);
      return 130;
    }
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    const { state, redisIsStandIn } = product;
    process.stdout.write(announcement({ state, liveProviders: liveProviders(), redisIsStandIn, logFolder, seconds }));

    const companion = whileRunning?.(product, supervisor);
    const failure = await Promise.race([supervisor.failure, stop.first]);
    companion?.end();
    process.stdout.write(
      failure === undefined ? '\n  stopping …\n' : `\n${failure}\nEverything else is being stopped.\n`,
    );
    exitCode = failure === undefined ? 0 : 1;
  } finally {
    await stopAll(supervisor, stop.second);
    release();
  }
  process.stdout.write(exitCode === 0 ? '  stopped; the data is kept.\n' : `  stopped. Logs are in ${logFolder}\n`);
  return exitCode;
}
