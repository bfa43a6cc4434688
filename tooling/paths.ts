import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the tooling fetches and keeps for every use of this checkout; git ignores it. */
export const toolsFolder = join(root, '.local');

/** Data, secrets and logs of `npm start`. Tests of the start itself name another folder. */
export const localFolder = resolve(process.env.TURNPIKE_LOCAL_FOLDER ?? toolsFolder);
