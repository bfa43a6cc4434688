import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

/** Whom Postgres runs as. `undefined` is "as we run"; root has to give its rights up, because Postgres refuses root. */
export type ServiceUser = { readonly uid: number; readonly gid: number } | undefined;

const accountName = 'postgres';

function idOf(flag: '-u' | '-g'): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, accountName], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}

function findAccount(): ServiceUser {
  const uid = idOf('-u');
  const gid = idOf('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The account that Postgres runs under; made when we are root and the machine has none. Throws a `Failure` when it cannot be made. */
export function serviceUser(): ServiceUser {
  if (process.getuid?.() !== 0) return undefined;
  const existing = findAccount();
  if (existing !== undefined) return existing;
  const made = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    accountName,
  ]);
  const user = made.status === 0 ? findAccount() : undefined;
  if (user === undefined) {
    throw new Failure(
      'Postgres does not run as root, and the account "postgres" could not be made. Make it (useradd --system postgres), run as another user, or set DATABASE_URL.',
    );
  }
  return user;
}

/** Whether `user` can enter the folder, which a closed parent folder prevents whatever the folder's own mode is. */
export function canEnter(folder: string, user: ServiceUser): boolean {
  if (user === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/' }).status === 0;
}

function keyOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 12);
}

/**
 * Where data of `dataDir` lives: inside it, or under /var/lib when `user` cannot reach it there. Makes the folder, owned
 * by `user`; the answer for one `dataDir` stays the same for as long as its parents keep their modes.
 */
export function placeForData(dataDir: string, user: ServiceUser): string {
  mkdirSync(dataDir, { recursive: true });
  if (user === undefined) return join(dataDir, 'data');
  const outside = outsidePlace(dataDir);
  const inside = join(dataDir, 'data');
  if (canEnter(dataDir, user) && !existsSync(outside)) return inside;
  mkdirSync(outside, { recursive: true });
  return join(outside, 'data');
}

function outsidePlace(dataDir: string): string {
  return join('/var/lib/turnpike', keyOf(dataDir));
}

/** Removes all data that `placeForData` may have placed for `dataDir`. */
export function removeData(dataDir: string): void {
  rmSync(dataDir, { recursive: true, force: true });
  if (process.getuid?.() === 0) rmSync(outsidePlace(dataDir), { recursive: true, force: true });
}

/** Gives `path` to `user`. */
export function giveTo(user: ServiceUser, path: string): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

/**
 * Returns `folder` when `user` can reach it, else a copy of it below /var/cache, made once per `version` and owned by
 * root, so that no other account can change what runs.
 */
export function reachableCopy(folder: string, version: string, user: ServiceUser): string {
  if (canEnter(folder, user)) return folder;
  const copy = join('/var/cache/turnpike', version);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true });
  renameSync(unfinished, copy);
  return copy;
}
