import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const fixedPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Ubuntu's `chromium-browser` is a script that asks for a snap; only a browser that runs counts. */
function runs(path: string): boolean {
  return existsSync(path) && spawnSync(path, ['--version'], { timeout: 20_000, stdio: 'ignore' }).status === 0;
}

function findInstalled(): string | undefined {
  const given = process.env.TURNPIKE_CHROMIUM;
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...(given === undefined ? [] : [given]), ...onPath, ...fixedPlaces].find(runs);
}

function apt(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { env, stdio: 'ignore' }).status === 0;
}

/**
 * A Chromium or Chrome of this machine, or Debian's own, installed by apt when we are root and there is none. `undefined`
 * when none can be had. `TURNPIKE_CHROMIUM` names one by its path.
 */
export function findBrowser(): string | undefined {
  const installed = findInstalled();
  if (installed !== undefined) return installed;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const install = () => apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation');
  if (!install() && !(apt('update', '-qq') && install())) return undefined;
  return findInstalled();
}
