import { asId, type OrganizationId } from '@turnpike/core/ids';
import type { RateLimitState } from '@turnpike/core/limits/rate-limit';
import { isExactInDoubles, type NanoUsd, nanoUsd } from '@turnpike/core/money';
import { z } from 'zod';
import { bucketOf, tagOfBucket } from './bucket.ts';
import type {
  AccountFigures,
  AccountState,
  BalanceFacts,
  Capture,
  CaptureOutcome,
  ExtendResult,
  HoldEntry,
  HoldExtension,
  HoldReference,
  HoldRequest,
  HoldResult,
  LedgerDelta,
  PostResult,
  SweepResult,
} from './hold-types.ts';
import type { RedisConnection } from './redis-client.ts';
import { loadScript } from './redis-script.ts';

const scripts = {
  hold: loadScript('hold'),
  settle: loadScript('settle'),
  extend: loadScript('extend'),
  sweep: loadScript('sweep'),
  load: loadScript('load'),
  post: loadScript('post'),
};

/**
 * Admits a call: every entry is checked and taken in one step, or nothing is. Repeating a hold takes nothing again.
 * Throws RangeError for an amount that Redis cannot hold exactly, and what the connection throws.
 */
export async function hold(redis: RedisConnection, request: HoldRequest): Promise<HoldResult> {
  const { organizationId, requestId, epoch, ttlMs, entries } = request;
  const args = [organizationId, requestId, `${epoch}`, `${ttlMs}`, amountText(request.nanoUsd, 0n)];
  for (const entry of entries) {
    pushEntry(args, entry, request);
  }
  return parseHoldReply(await scripts.hold.run(redis, tagOf(organizationId), args), entries);
}

/** Captures calls of one bucket in one step, each at most once. The outcomes are in the order of the captures. */
export async function capture(
  redis: RedisConnection,
  bucket: number,
  captures: readonly Capture[],
): Promise<readonly CaptureOutcome[]> {
  const args = captures.flatMap(({ organizationId, requestId, nanoUsd: actual, tokens }) => [
    'c',
    organizationId,
    requestId,
    amountText(actual, 0n),
    tokens === undefined ? '' : `${tokens}`,
  ]);
  return captureReply.parse(await scripts.settle.run(redis, tagOfBucket(bucket), args));
}

/**
 * Releases holds of one bucket whose calls cost nothing and reached no provider. Also refuses a hold that is still on
 * its way: a hold that timed out may arrive after this.
 */
export async function voidHolds(
  redis: RedisConnection,
  bucket: number,
  references: readonly HoldReference[],
): Promise<void> {
  const args = references.flatMap(({ organizationId, requestId }) => ['v', organizationId, requestId, '0', '']);
  await scripts.settle.run(redis, tagOfBucket(bucket), args);
}

/** Raises a hold and gives it more time. When it is refused the hold stays as it was. */
export async function extendHold(redis: RedisConnection, extension: HoldExtension): Promise<ExtendResult> {
  const { organizationId, requestId, epoch, ttlMs, floorNanoUsd } = extension;
  const floor = floorNanoUsd === undefined ? '' : amountText(floorNanoUsd);
  const args = [organizationId, requestId, `${epoch}`, `${ttlMs}`, amountText(extension.nanoUsd, 0n), floor];
  const [outcome, spendable, held] = extendReply.parse(await scripts.extend.run(redis, tagOf(organizationId), args));
  return outcome === 'unknown' ? { outcome } : { outcome, balance: balanceFacts(spendable, held) };
}

/** Releases at most `max` holds of a bucket whose time is over, by the clock of Redis. */
export async function sweepBucket(redis: RedisConnection, bucket: number, max = 200): Promise<SweepResult> {
  const [more, ...ids] = sweepReply.parse(await scripts.sweep.run(redis, tagOfBucket(bucket), [`${max}`]));
  const swept: HoldReference[] = [];
  for (let index = 0; index + 1 < ids.length; index += 2) {
    swept.push({ organizationId: asId(ids[index] ?? ''), requestId: asId(ids[index + 1] ?? '') });
  }
  return { swept, hasMore: more === 1 };
}

/**
 * Brings an account from Postgres to Redis. Does nothing when it is there under the same or a newer epoch: a ledger
 * gap is closed by `postToAccount`, not by loading again.
 */
export async function loadAccount(
  redis: RedisConnection,
  figures: AccountFigures,
): Promise<'loaded' | 'present' | 'newer'> {
  const { organizationId, epoch, postedNanoUsd, postedSequence, unpostedNanoUsd, settledRequestIds } = figures;
  const args = [
    organizationId,
    `${epoch}`,
    amountText(postedNanoUsd),
    `${postedSequence}`,
    amountText(unpostedNanoUsd),
    // In one argument: there may be hundreds of thousands, and a call takes only so many arguments.
    settledRequestIds.join(' '),
  ];
  const [outcome] = loadReply.parse(await scripts.load.run(redis, tagOf(organizationId), args));
  return outcome;
}

/** Applies one ledger transaction to an account, once and in order. */
export async function postToAccount(redis: RedisConnection, delta: LedgerDelta): Promise<PostResult> {
  const args = [
    delta.organizationId,
    `${delta.sequence}`,
    amountText(delta.postedNanoUsd),
    amountText(delta.unpostedNanoUsd),
  ];
  const [outcome, postedSequence] = postReply.parse(await scripts.post.run(redis, tagOf(delta.organizationId), args));
  return { outcome, postedSequence };
}

/** Reads an account; undefined when it is not loaded. */
export async function readAccount(
  redis: RedisConnection,
  organizationId: OrganizationId,
): Promise<AccountState | undefined> {
  const key = `${tagOf(organizationId)}:a:${organizationId}`;
  const [epoch, posted, postedSequence, unposted, held] = await redis.hmget(
    key,
    'epoch',
    'posted',
    'posted_seq',
    'unposted',
    'held',
  );
  if (typeof epoch !== 'string') {
    return undefined;
  }
  const postedNanoUsd = nanoUsd(BigInt(posted ?? '0'));
  const unpostedNanoUsd = nanoUsd(BigInt(unposted ?? '0'));
  return {
    epoch: Number(epoch),
    postedNanoUsd,
    postedSequence: Number(postedSequence),
    unpostedNanoUsd,
    spendableNanoUsd: nanoUsd(postedNanoUsd - unpostedNanoUsd),
    heldNanoUsd: nanoUsd(BigInt(held ?? '0')),
  };
}

const integer = z.int();
const captureOutcomes = { m: 'moved', d: 'debited', n: 'duplicate', u: 'unknown' } as const;
const captureReply = z.array(z.enum(['m', 'd', 'n', 'u']).transform((code) => captureOutcomes[code]));
// Amounts come as text: the client's parser of large numbers is off by one near 2^53.
const amount = z.string().regex(/^-?\d+$/);
const extendReply = z.tuple([z.enum(['extended', 'refused', 'gone', 'unknown']), amount, amount]);
const sweepReply = z.tuple([integer], z.string());
const loadReply = z.tuple([z.enum(['loaded', 'present', 'newer']), z.string()]);
const postReply = z.tuple([z.enum(['applied', 'stale', 'gap', 'absent']), integer]);
const unknownReason = z.enum(['missing', 'epoch', 'behind']);

function pushEntry(args: string[], entry: HoldEntry, request: HoldRequest): void {
  if (entry.type === 'balance') {
    args.push('b', '', amountText(entry.floorNanoUsd), '0', amountText(request.nanoUsd));
    return;
  }
  const { kind, scope, limit, windowMs } = entry.limit;
  if (!Number.isSafeInteger(limit) || limit < 0 || (kind !== 'concurrency' && !(windowMs > 0))) {
    throw new RangeError('A rate limit is a non-negative whole number per positive window.');
  }
  const name = `${scope}:${entry.scopeId}:${kind}:${windowMs}`;
  switch (kind) {
    case 'requests':
      args.push('r', name, `${limit}`, `${windowMs}`, '1');
      return;
    case 'tokens':
      args.push('t', name, `${limit}`, `${windowMs}`, `${request.tokens}`);
      return;
    case 'concurrency':
      args.push('c', name, `${limit}`, '0', '1');
  }
}

/**
 * Reads the reply by hand: it is on the path of every call, where a schema costs as much as the command. Throws TypeError
 * when it is not what the script answers.
 */
function parseHoldReply(reply: unknown, entries: readonly HoldEntry[]): HoldResult {
  const fields: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const [outcome, counter] = [fields[0], integerAt(fields, 1)];
  if (outcome === 'unknown') {
    const storedEpoch = fields[3] === '' ? undefined : Number(fields[3]);
    return { outcome, reason: unknownReason.parse(fields[2]), storedEpoch, counter };
  }
  if (outcome === 'closed') {
    return { outcome, counter };
  }
  const [refusedIndex, retryAfterMs] = [integerAt(fields, 2), integerAt(fields, 3)];
  const balance = balanceFacts(amountAt(fields, 4), amountAt(fields, 5));
  const rateLimits: RateLimitState[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry.type === 'rate') {
      const { scope, kind, limit, windowMs } = entry.limit;
      const [remaining, resetMs] = [
        integerAt(fields, firstState + 2 * index),
        integerAt(fields, firstState + 1 + 2 * index),
      ];
      rateLimits.push({ scope, kind, limit, windowMs, remaining, resetMs });
    }
  }
  const refusing = entries[refusedIndex - 1];
  return refusing === undefined
    ? { outcome: 'held', balance, rateLimits, counter }
    : {
        outcome: 'refused',
        entry: refusing,
        retryAfterMs: retryAfterMs < 0 ? undefined : retryAfterMs,
        balance,
        rateLimits,
        counter,
      };
}

/** Where the states of the entries begin in the reply of a hold. */
const firstState = 6;

function integerAt(reply: readonly unknown[], index: number): number {
  const value = reply[index];
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`Field ${index} of Redis' reply to a hold is not a whole number.`);
  }
  return value;
}

function amountAt(reply: readonly unknown[], index: number): string {
  const value = reply[index];
  if (typeof value !== 'string') {
    throw new TypeError(`Field ${index} of Redis' reply to a hold is not an amount.`);
  }
  return value;
}

function balanceFacts(spendable: string, held: string): BalanceFacts {
  return { spendableNanoUsd: nanoUsd(BigInt(spendable)), heldNanoUsd: nanoUsd(BigInt(held)) };
}

function amountText(amount: NanoUsd, min?: bigint): string {
  if (!isExactInDoubles(amount) || (min !== undefined && amount < min)) {
    throw new RangeError('The amount is negative or beyond 2^53 nano-dollars.');
  }
  return amount.toString();
}

function tagOf(organizationId: OrganizationId): string {
  return tagOfBucket(bucketOf(organizationId));
}
