import { GatewayError } from '@turnpike/core/errors';
import type { OrganizationId } from '@turnpike/core/ids';
import { zeroUsd } from '@turnpike/core/money';
import { catchUpAccount, type ReadLedgerDeltas } from '@turnpike/platform/redis/catch-up-account';
import { hold, loadAccount } from '@turnpike/platform/redis/hold-store';
import type { AccountFigures, HoldEntry, HoldRequest, HoldResult } from '@turnpike/platform/redis/hold-types';
import type { ResponsiveRedis } from '@turnpike/platform/redis/responsive-redis';

import type { HoldAnswer, HoldCall, LimitStore } from './ports.ts';

export interface LimitStoreOptions {
  readonly redis: ResponsiveRedis;
  /** The epoch under which Redis' state is believed to be whole. */
  readonly epoch: () => number;
  /** An account's figures as Postgres has them now. */
  readonly figuresOf: (organizationId: OrganizationId) => Promise<Omit<AccountFigures, 'epoch'>>;
  /** The ledger transactions that an account in Redis has missed. */
  readonly deltasAfter: ReadLedgerDeltas;
}

/** A hold that finds its account missing, loads it; finding it missing again and again means that Redis is losing it. */
const maxLoads = 3;

/** Holds in Redis, and brings an organization's figures there from Postgres when its first call finds none. */
export function createLimitStore({ redis, epoch, figuresOf, deltasAfter }: LimitStoreOptions): LimitStore {
  const loading = new Map<OrganizationId, Promise<void>>();

  /** One load per organization in this process, however many calls wait for it. */
  function load(organizationId: OrganizationId): Promise<void> {
    const known = loading.get(organizationId);
    if (known !== undefined) {
      return known;
    }
    const load = bringToRedis(organizationId).finally(() => loading.delete(organizationId));
    loading.set(organizationId, load);
    return load;
  }

  async function bringToRedis(organizationId: OrganizationId): Promise<void> {
    const figures = await figuresOf(organizationId).catch((error: unknown) => {
      throw cannotCheck(error);
    });
    await redis.run((connection) => loadAccount(connection, { ...figures, epoch: epoch() }));
  }

  async function catchUp(organizationId: OrganizationId): Promise<void> {
    // Reading the ledger takes longer than a caller may wait for Redis alone.
    await catchUpAccount(redis.connection, organizationId, deltasAfter).catch((error: unknown) => {
      throw cannotCheck(error);
    });
  }

  return {
    // Every way out of `hold` has an answer of the script behind it, or throws.
    isEnforced: true,
    async hold(call) {
      for (let loads = 0; loads <= maxLoads; loads += 1) {
        const request = toRequest(call, epoch());
        const result = await redis.run((connection) => hold(connection, request));
        if (result.outcome !== 'unknown') {
          return toAnswer(result);
        }
        await (result.reason === 'behind' ? catchUp(call.organizationId) : load(call.organizationId));
      }
      throw cannotCheck(undefined);
    },
  };
}

function toRequest(call: HoldCall, epoch: number): HoldRequest {
  const entries: HoldEntry[] = call.limits.map(({ limit, ownerId }) => ({ type: 'rate', limit, scopeId: ownerId }));
  if (call.amountNanoUsd > 0n) {
    entries.push({ type: 'balance', floorNanoUsd: zeroUsd });
  }
  return {
    organizationId: call.organizationId,
    requestId: call.requestId,
    epoch,
    ttlMs: call.ttlMs,
    nanoUsd: call.amountNanoUsd,
    tokens: call.tokens,
    entries,
  };
}

function toAnswer(result: Exclude<HoldResult, { outcome: 'unknown' }>): HoldAnswer {
  switch (result.outcome) {
    case 'held':
      return { outcome: 'held', limits: result.rateLimits };
    case 'closed':
      throw cannotCheck(undefined);
    case 'refused':
      return result.entry.type === 'balance'
        ? { outcome: 'refused-balance', limits: result.rateLimits, ...result.balance }
        : {
            outcome: 'refused-limit',
            limits: result.rateLimits,
            refusedBy: result.entry.limit,
            retryAfterMs: result.retryAfterMs,
          };
    default:
      return result satisfies never;
  }
}

function cannotCheck(cause: unknown): GatewayError {
  return new GatewayError('service_unavailable', 'Your credits and limits cannot be checked right now. Please retry.', {
    cause,
    retryAfterSeconds: 1,
  });
}
