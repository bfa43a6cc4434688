import { hash, verify } from '@node-rs/argon2';
import { GatewayError } from '@turnpike/core/errors';

/** Hashes passwords off the event loop, a few at a time. */
export interface PasswordHasher {
  /** Gives the argon2id hash in PHC form. Throws GatewayError `service_unavailable` when too many wait already. */
  hash(password: string): Promise<string>;
  /**
   * Whether a password belongs to a hash. Without a hash (nobody has this address) it does the same work and says no,
   * so that time does not tell who has an account. Throws like `hash`.
   */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>;
}

export interface PasswordHasherOptions {
  /** How many hashes are computed at once: each takes a thread of the pool and 19 MiB. */
  readonly concurrency?: number;
  /** How many may wait; one more is refused. */
  readonly maxWaiting?: number;
}

/** OWASP's minimum for argon2id (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** About 25 ms each, two at once: the last of 256 waits some 3 seconds, and no client waits longer. */
const defaults = { concurrency: 2, maxWaiting: 256 } as const;

/** Of no password that anybody has; it only costs what a real one costs. */
const nobodysPassword = 'nobody has this password';

/** Makes a hasher with its own queue; a process needs one. */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { concurrency, maxWaiting } = { ...defaults, ...options };
  const inTurn = createQueue(concurrency, maxWaiting);
  let nobodysHash: Promise<string> | undefined;
  return {
    hash: (password) => inTurn(() => hash(normalizePassword(password), cost)),
    async verify(passwordHash, password) {
      const known = passwordHash ?? (await (nobodysHash ??= hash(nobodysPassword, cost)));
      const isRight = await inTurn(() => verify(known, normalizePassword(password)));
      return isRight && passwordHash !== undefined;
    },
  };
}

/** The same password typed on another keyboard must be the same password (NIST SP 800-63B §5.1.1.2). */
function normalizePassword(password: string): string {
  return password.normalize('NFKC');
}

function createQueue(
  concurrency: number,
  maxWaiting: number,
): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting) {
        throw new GatewayError(
          'service_unavailable',
          'Too many people are signing in at this moment. Please try again.',
          {
            retryAfterSeconds: 5,
          },
        );
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      await promise;
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) {
        running -= 1;
      } else {
        next();
      }
    }
  };
}
