const hourMs = 3_600_000;

/** A session that nobody used for so long is over. */
export const sessionIdleMs = 12 * hourMs;
/** A session is over after so long, however much it was used. */
export const sessionLifetimeMs = 30 * 24 * hourMs;
/** How exact the note of the last use is: a page that asks every second must not write every second. */
const touchEveryMs = 60_000;

interface SessionTimes {
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
}

/** Whether a session still holds: neither idle for too long nor past its end. */
export function isLive({ lastSeenAtMs, expiresAtMs }: SessionTimes, nowMs: number): boolean {
  return nowMs < expiresAtMs && nowMs - lastSeenAtMs < sessionIdleMs;
}

/** Whether the note of the last use is old enough to be written anew. */
export function wantsTouch({ lastSeenAtMs }: SessionTimes, nowMs: number): boolean {
  return nowMs - lastSeenAtMs >= touchEveryMs;
}
