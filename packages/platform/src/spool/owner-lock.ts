import { readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { platform } from 'node:os';
import { basename, join } from 'node:path';
import { fileMode, isFileError } from './spool-files.ts';

/** Proof that this process owns a folder. */
export interface OwnerLock {
  /** False once the folder has been taken away, which happens only to a process that did not run for a long time. */
  readonly isHeld: boolean;
  release(): Promise<void>;
}

/** How often the owner shows that it lives, and after which silence it counts as dead where no socket can tell. */
const heartbeatMs = 2_000;
const deadAfterMs = 30_000;
/** An owner leaves its name in a new folder within milliseconds. */
const startingMs = 5_000;

const ownerFile = 'owner';

/**
 * Takes a folder, or gives undefined when a living process has it or it is gone. On Linux the lock is an abstract
 * socket named after the folder's inode and its name (inodes are used again): the kernel frees it with the process,
 * also after kill -9. Such names belong to a network namespace, so the owner leaves the name of its own in the folder: for a folder of another namespace, and on other
 * systems, the age of the owner's heartbeat decides.
 */
export async function lockFolder(
  directory: string,
  { isOwn }: { readonly isOwn: boolean },
): Promise<OwnerLock | undefined> {
  const home = readHome();
  const isLinux = home !== undefined;
  const folder = statSync(directory, { throwIfNoEntry: false });
  if (folder === undefined) {
    return undefined;
  }
  const server = isLinux ? await listenOn(`\0turnpike-spool-${folder.ino}-${basename(directory)}`) : undefined;
  if (isLinux && server === undefined) {
    return undefined;
  }
  const owner = readOwner(directory);
  if (owner === undefined && !isOwn && Date.now() - folder.mtimeMs < startingMs) {
    // Its owner may be between making the folder and taking it; there is nothing in it yet.
    await closeServer(server);
    return undefined;
  }
  const isProvenDead = owner === undefined || (isLinux && owner.home === home);
  if (!isProvenDead && Date.now() - owner.aliveAtMs < deadAfterMs) {
    await closeServer(server);
    return undefined;
  }
  const path = join(directory, ownerFile);
  writeFileSync(path, home ?? '', { mode: fileMode });
  let isHeld = true;
  const beat = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch (error) {
      // Only a missing file says that the folder is somebody else's now; a disk that fails says nothing about it.
      if (isFileError(error, 'ENOENT')) {
        isHeld = false;
        clearInterval(beat);
      }
    }
  }, heartbeatMs);
  beat.unref();
  return {
    get isHeld() {
      return isHeld;
    },
    async release() {
      clearInterval(beat);
      isHeld = false;
      await closeServer(server);
    },
  };
}

/** Which kernel and network namespace this is; undefined where there are no abstract sockets. */
function readHome(): string | undefined {
  if (platform() !== 'linux') {
    return undefined;
  }
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot} ${readlinkSync('/proc/self/ns/net')}`;
}

function readOwner(directory: string): { readonly home: string; readonly aliveAtMs: number } | undefined {
  const path = join(directory, ownerFile);
  try {
    return { home: readFileSync(path, 'utf8'), aliveAtMs: statSync(path).mtimeMs };
  } catch (error) {
    if (isFileError(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

function listenOn(name: string): Promise<Server | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Server | undefined>();
  const server = createServer((socket) => socket.destroy());
  server.once('error', (error) => {
    if (isFileError(error, 'EADDRINUSE')) {
      resolve(undefined);
    } else {
      reject(error);
    }
  });
  server.listen({ path: name, exclusive: true }, () => {
    server.unref();
    resolve(server);
  });
  return promise;
}

async function closeServer(server: Server | undefined): Promise<void> {
  if (server !== undefined) {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
