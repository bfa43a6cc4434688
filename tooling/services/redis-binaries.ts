import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { acquireLock } from '../bootstrap/lock.mjs';
import { toolsFolder } from '../paths.ts';

export interface RedisBinary {
  readonly path: string;
  /** Folders of libraries that are not installed in the system. */
  readonly libraryFolders: readonly string[];
  readonly description: string;
}

/** BullMQ needs 6.2; older distributions still carry 5 and 6.0. */
const oldestVersion = { major: 6, minor: 2 };

/** `Redis server v=7.0.15 sha=…` and `Valkey server v=8.0.1 …` */
function versionOf(path: string, libraryFolders: readonly string[]): { text: string; isRecent: boolean } | undefined {
  const { status, stdout } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    env: libraryEnvironment(libraryFolders),
  });
  const match = status === 0 ? /v=(\d+)\.(\d+)\S*/.exec(stdout) : null;
  if (match === null) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const isRecent = major > oldestVersion.major || (major === oldestVersion.major && minor >= oldestVersion.minor);
  return { text: match[0].slice(2), isRecent };
}

/** The environment in which a program finds the unpacked libraries. */
export function libraryEnvironment(folders: readonly string[]): Record<string, string | undefined> {
  if (folders.length === 0) return { ...process.env };
  const present = process.env.LD_LIBRARY_PATH;
  return { ...process.env, LD_LIBRARY_PATH: [...folders, ...(present === undefined ? [] : [present])].join(delimiter) };
}

function findOnPath(): RedisBinary | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['redis-server', 'valkey-server']) {
      const path = join(folder, name);
      const version = existsSync(path) ? versionOf(path, []) : undefined;
      if (version?.isRecent === true) return { path, libraryFolders: [], description: `${name} ${version.text}` };
    }
  }
  return undefined;
}

const debianPackages = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblua5.1-0', 'liblzf1'];

function unpackedBinary(folder: string): RedisBinary | undefined {
  const path = join(folder, 'usr', 'bin', 'redis-server');
  const libraries = join(folder, 'usr', 'lib');
  if (!existsSync(path)) return undefined;
  const libraryFolders = existsSync(libraries)
    ? readdirSync(libraries)
        .filter((name) => name.includes('-linux-'))
        .map((name) => join(libraries, name))
    : [];
  const version = versionOf(path, libraryFolders);
  return version?.isRecent === true
    ? { path, libraryFolders, description: `Redis ${version.text}, unpacked` }
    : undefined;
}

function succeeds(command: string, args: readonly string[], cwd: string): boolean {
  return (
    spawnSync(command, args, { cwd, stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
      .status === 0
  );
}

/** Downloads what apt's own lists name and unpacks it into `folder`; installs nothing. False when apt cannot serve it. */
function download(folder: string): boolean {
  const isKnown = () => succeeds('apt-cache', ['show', 'redis-server'], folder);
  // Lists are often emptied in images; only root may fetch them anew.
  if (!isKnown() && !(process.getuid?.() === 0 && succeeds('apt-get', ['update', '-qq'], folder) && isKnown()))
    return false;
  // One by one, because a distribution that does not split a library off does not know its package.
  for (const name of debianPackages) succeeds('apt-get', ['download', '-qq', name], folder);
  const archives = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  return archives.length > 0 && archives.every((archive) => succeeds('dpkg', ['-x', archive, folder], folder));
}

async function fetchFromDebian(log: (text: string) => void): Promise<RedisBinary | undefined> {
  if (process.platform !== 'linux' || !succeeds('dpkg', ['--version'], '/') || !succeeds('apt-get', ['--version'], '/'))
    return undefined;
  const folder = join(toolsFolder, 'redis-server');
  const present = unpackedBinary(folder);
  if (present !== undefined) return present;
  const release = await acquireLock(join(toolsFolder, 'redis-server.lock'), () => log('another run is fetching Redis'));
  try {
    const madeMeanwhile = unpackedBinary(folder);
    if (madeMeanwhile !== undefined) return madeMeanwhile;
    log('fetching Redis through apt');
    const unfinished = `${folder}.${process.pid}`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    if (!download(unfinished)) {
      rmSync(unfinished, { recursive: true, force: true });
      return undefined;
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
    return unpackedBinary(folder);
  } finally {
    release();
  }
}

/**
 * Finds a Redis or Valkey server: on PATH, else Debian's or Ubuntu's package, unpacked and not installed. `undefined`
 * when this machine has none and gets none.
 */
export async function findRedis(log: (text: string) => void): Promise<RedisBinary | undefined> {
  return findOnPath() ?? (await fetchFromDebian(log));
}
