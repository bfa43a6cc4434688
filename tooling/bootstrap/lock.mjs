import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mayTakeOverLock } from './plan.mjs';

const heartbeatMs = 1_000;
/** Far above the heartbeat, because a busy disk or a stopped laptop can delay it. */
const staleAfterMs = 30_000;

/** @param {unknown} error @returns {string} */
const codeOf = (error) => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** @param {number} pid @returns {boolean} */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {string} path @returns {{ pid: number, host: string, text: string, silentForMs: number } | undefined} */
function readHolder(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const [pid = '', host = ''] = text.split('\n');
    return { pid: Number(pid), host, text, silentForMs: Date.now() - statSync(path).mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes a dead holder's lock. Renaming first makes one of several waiters win; should the renamed file turn out to be a
 * live lock made in between, it is put back.
 * @param {string} path @param {string} deadText
 */
function removeStale(path, deadText) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== deadText) linkSync(aside, path);
  rmSync(aside);
}

/**
 * Takes the lock file at `path` if nobody holds it, or if its holder is gone. Answers with the function that gives it
 * back, or with the process id of the holder.
 * @param {string} path @returns {{ release: () => void } | { holderPid: number }}
 */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${process.pid}\n${hostname()}\n${Date.now()}\n`;
  for (;;) {
    try {
      writeFileSync(path, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const holder = readHolder(path);
    if (holder === undefined) continue;
    const holderIsAlive = holder.host === hostname() ? isAlive(holder.pid) : 'unknown';
    if (!mayTakeOverLock({ holderIsAlive, silentForMs: holder.silentForMs }, staleAfterMs))
      return { holderPid: holder.pid };
    removeStale(path, holder.text);
  }
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), heartbeatMs);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      if (readHolder(path)?.text === mine) rmSync(path);
    },
  };
}

/**
 * Takes the lock file at `path`, waiting for another process on this checkout to finish first; calls `onWait` with its
 * process id while it waits. Returns the function that gives the lock back.
 * @param {string} path @param {(pid: number) => void} onWait @returns {Promise<() => void>}
 */
export async function acquireLock(path, onWait) {
  for (;;) {
    const attempt = tryLock(path);
    if ('release' in attempt) return attempt.release;
    onWait(attempt.holderPid);
    await sleep(heartbeatMs / 2);
  }
}
