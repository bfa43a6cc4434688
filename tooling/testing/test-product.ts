import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder } from '../paths.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { createSupervisor } from '../process/supervisor.ts';
import { freePorts } from '../product/choose-ports.ts';
import { providerEnvironment } from '../product/environment.ts';
import { dataFolders, startProduct, type Product } from '../product/start-product.ts';
import { removePostgresData } from '../services/postgres.ts';

export interface TestProduct extends Product {
  /** One line of JSON for every call that reached the sandbox. */
  readonly truthFile: string;
  /** Ends everything and removes its data; the logs stay in `.local/logs`. */
  stop(): Promise<void>;
}

export interface TestProductOptions {
  /** Names the folder of its logs. */
  readonly name: string;
  /** Added to the environment of the processes, such as `GATEWAY_PROCESSES`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** True for tests about crashes, where what is on disk matters. Default false. */
  readonly isDurable?: boolean;
}

/** A test never spends money: keys of real providers in the environment are not passed on. */
function withoutProviders(environment: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const providerNames = Object.keys(providerEnvironment(environment));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !providerNames.includes(name)));
}

/**
 * Starts the whole product, built, with its own empty storage on free ports, as child processes. Throws a `Failure` with
 * the end of the log of whatever failed.
 */
export async function startTestProduct(options: TestProductOptions): Promise<TestProduct> {
  const folder = makeTemporaryFolder('product');
  const logFolder = join(localFolder, 'logs', options.name);
  rmSync(logFolder, { recursive: true, force: true });
  const supervisor = createSupervisor();
  const stop = async () => {
    await supervisor.stopAll();
    removePostgresData(dataFolders(folder).postgres);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const truthFile = join(folder, 'truth.jsonl');
    const product = await startProduct(
      {
        folder,
        logFolder,
        ports: await freePorts(),
        environment: { ...withoutProviders(process.env), ...options.environment },
        databaseUrl: undefined,
        redisUrl: undefined,
        isDurable: options.isDurable ?? false,
        mode: 'built',
        supervisor,
        step: (_label, work) => work(() => {}),
      },
      truthFile,
    );
    return { ...product, truthFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
