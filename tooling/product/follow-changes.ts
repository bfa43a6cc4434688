import { existsSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { root } from '../paths.ts';
import type { Supervisor } from '../process/supervisor.ts';
import { step } from '../terminal/progress.mjs';
import { buildProduct } from './build.ts';
import type { ServiceName } from './services.ts';
import type { Product } from './start-product.ts';

/** Editors write a file in several steps, and a branch switch touches hundreds. */
const settleMs = 300;

/** Next follows its own files. */
const watchedApps = ['apps/gateway', 'apps/worker'];

function watchedFolders(): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  return [...watchedApps, ...packages]
    .map((folder) => join(folder, 'src'))
    .filter((folder) => existsSync(join(root, folder)));
}

/** Which processes run the code below a folder: an app its own, the sandbox its own, any other package all of them. */
export function servicesOf(folder: string): readonly ServiceName[] {
  if (folder.startsWith('apps/gateway/')) return ['gateway', 'control'];
  if (folder.startsWith('apps/worker/')) return ['worker'];
  if (folder.startsWith('packages/sandbox/')) return ['sandbox'];
  return ['gateway', 'control', 'worker'];
}

async function rebuild(product: Product, supervisor: Supervisor, names: ReadonlySet<ServiceName>): Promise<void> {
  try {
    const { launch } = supervisor.stage('task');
    await step('build', (note) => buildProduct({ note, launch, mode: 'development' }));
    for (const name of names) {
      await step(`restart ${name}`, async () => {
        await product.services[name].stop();
        await product.services[name].start();
      });
    }
  } catch (error) {
    // Code that does not build or start is what development is; the next change tries again.
    if (!(error instanceof Failure)) throw error;
    process.stdout.write(`${error.message}\n`);
  }
}

/** Watches the sources, builds what changed and restarts what runs it. */
export function followChanges(product: Product, supervisor: Supervisor): { end(): void } {
  const pending = new Set<ServiceName>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const flush = () => {
    const names = new Set(pending);
    pending.clear();
    running = running.then(() => rebuild(product, supervisor, names));
  };
  const watchers = watchedFolders().map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, file) => {
      if (file === null || /(?:\.test\.ts|~|\.swp)$|^generated\b/.test(file)) return;
      for (const name of servicesOf(folder)) pending.add(name);
      clearTimeout(timer);
      timer = setTimeout(flush, settleMs);
    }),
  );
  return {
    end() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
