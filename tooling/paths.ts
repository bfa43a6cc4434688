import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything the tooling makes at run time lives here; git ignores it. */
export const localFolder = join(root, '.local');
