import { GatewayError } from '@turnpike/core/errors';

/** Bounds how often one caller may ask. Only this process counts: it protects the process, not money. */
export interface RequestLimiter {
  /** Counts one request of a subject. Throws GatewayError `rate_limit_exceeded` with the seconds to wait. */
  count(subject: string, nowMs: number): void;
}

interface Window {
  readonly endsAtMs: number;
  count: number;
}

/** Subjects of one window; beyond them the oldest are forgotten, so that a flood of addresses costs no memory. */
const maxSubjects = 10_000;

/** Makes a limiter of so many requests per window. */
export function createRequestLimiter(limit: number, windowMs: number): RequestLimiter {
  const windows = new Map<string, Window>();
  return {
    count(subject, nowMs) {
      const known = windows.get(subject);
      const window = known !== undefined && nowMs < known.endsAtMs ? known : { endsAtMs: nowMs + windowMs, count: 0 };
      window.count += 1;
      if (window !== known) {
        windows.delete(subject);
        windows.set(subject, window);
        forgetOldest(windows);
      }
      if (window.count > limit) {
        const retryAfterSeconds = Math.ceil((window.endsAtMs - nowMs) / 1_000);
        throw new GatewayError('rate_limit_exceeded', `Too many requests. Try again in ${retryAfterSeconds} seconds.`, {
          retryAfterSeconds,
          metadata: { limit: { scope: 'caller', kind: 'requests', limit, windowMs } },
        });
      }
    },
  };
}

function forgetOldest(windows: Map<string, Window>): void {
  const [oldest] = windows.keys();
  if (windows.size > maxSubjects && oldest !== undefined) {
    windows.delete(oldest);
  }
}
