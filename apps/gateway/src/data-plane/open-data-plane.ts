import { hostname } from 'node:os';

import { providers } from '@turnpike/adapters/registry';
import { GatewayError } from '@turnpike/core/errors';
import { mintId, type OrganizationId } from '@turnpike/core/ids';
import { createDatabase, type Database } from '@turnpike/db/client';
import { createMeterDatabase } from '@turnpike/db/meter';
import { digestApiKey, randomBytes, randomIdBytes } from '@turnpike/platform/crypto/digests';
import { UpstreamAgent } from '@turnpike/platform/http/upstream-agent';
import { assertUpstreamUrl } from '@turnpike/platform/http/assert-upstream-url';
import type { Logger } from '@turnpike/platform/log/logger';
import type { LedgerDelta } from '@turnpike/platform/redis/hold-types';
import {
  callTimeoutMs,
  closeConnection,
  createCallConnection,
  createSubscriberConnection,
  waitUntilReady,
} from '@turnpike/platform/redis/redis-client';
import { createResponsiveRedis } from '@turnpike/platform/redis/responsive-redis';
import type { Telemetry } from '@turnpike/platform/telemetry/telemetry';

import type { GatewayConfig } from '../config.ts';
import type { Readiness } from '../health/health-routes.ts';
import { createAccountPorts } from './account/account-ports.ts';
import { createCallsInFlight } from './calls-in-flight.ts';
import type { SnapshotOptions } from './catalog-snapshot.ts';
import { followKeys } from './follow-keys.ts';
import { createHealthTracker } from './health-tracker.ts';
import { keepSnapshot } from './keep-snapshot.ts';
import { createKeyStore } from './key-store.ts';
import { createLimitStore } from './limit-store.ts';
import { openMetering, type Metering } from './metering/open-metering.ts';
import { createCallObserver } from './observe-call.ts';
import type { Clock } from './ports.ts';
import type { DataPlanePorts } from './routes.ts';
import { createCreditQueue } from './stages/credit-queue.ts';
import { createUpstream } from './stages/forward.ts';

/** Everything that `/v1` works with, and how to end it. */
export interface DataPlane {
  readonly ports: DataPlanePorts;
  readonly readiness: () => Readiness;
  /** Ships what is recorded, settles what is held, closes every connection. */
  close(): Promise<void>;
}

const clock: Clock = { nowMs: () => Date.now(), ticksMs: () => performance.now() };
const startTimeoutMs = 10_000;
/** How long the first call of an organization waits for usage on its way to Postgres. */
const shipTimeoutMs = 3_000;
/** Idle client connections get a sign of life before common proxies give up on them. */
const keepAliveMs = 10_000;
/** A client that takes nothing for so long has gone without saying so. */
const slowReaderMs = 60_000;

/** Connects to Postgres, Redis and the spool, loads the catalogue. Throws when any of them cannot be used. */
export async function openDataPlane(
  config: GatewayConfig,
  logger: Logger,
  telemetry: Telemetry,
  processId: number,
): Promise<DataPlane> {
  const instanceId = mintId<'instance'>(Date.now(), randomBytes(10));
  const database = createDatabase({
    url: config.postgres.url.reveal(),
    poolSize: config.postgres.poolSize,
    applicationName: 'turnpike-gateway',
  });
  const meterDatabase = createMeterDatabase({
    url: config.meterPostgres.url.reveal(),
    poolSize: 4,
    applicationName: 'turnpike-meter',
  });
  const connection = createCallConnection({ url: config.redis.url, name: 'calls', logger });
  const subscriber = createSubscriberConnection({ url: config.redis.url, name: 'keys', logger });
  await waitUntilReady(connection, startTimeoutMs);
  const redis = createResponsiveRedis(connection, { timeoutMs: callTimeoutMs });
  const snapshot = await keepSnapshot(() => database.loadCatalog(clock.nowMs()), snapshotOptions(config), logger);
  const agent = new UpstreamAgent({ allowsPrivate: config.egress.allowsPrivateUpstreams });
  const keys = createKeyStore({
    digest: (key) => digestApiKey(config.digests.apiKeyPepper, key),
    find: (digest) => database.findPrincipal(digest),
    clock,
    random: Math.random,
  });
  await followKeys(subscriber, keys, logger);
  const metering = await openMetering({
    instance: { id: instanceId, hostname: hostname(), processId, version: '0.1.0' },
    spool: config.spool,
    redisUrl: config.redis.url,
    database: meterDatabase,
    logger,
    telemetry,
  });
  const limits = createLimitStore({
    deltasAfter: (organizationId, afterSequence) => deltasAfter(database, organizationId, afterSequence),
    redis,
    epoch: () => firstEpoch,
    figuresOf: (organizationId) => figuresOf(database, metering, organizationId),
  });
  const inFlight = createCallsInFlight();
  registerGauges(telemetry, agent, () => inFlight.count);

  return {
    ports: {
      stages: {
        keys,
        limits,
        snapshot: () => snapshot.current(),
        upstream: createUpstream(agent),
        meter: metering.meter,
        credit: createCreditQueue(clock, Math.random),
        health: createHealthTracker(),
        logger,
        clock,
        timeouts: {
          headMs: config.upstream.headMs,
          firstContentMs: config.upstream.firstContentMs,
          idleMs: config.upstream.idleMs,
          keepAliveMs,
          slowReaderMs,
        },
        callDeadlineMs: config.upstream.callDeadlineMs,
      },
      account: createAccountPorts(database, clock),
      mintRequestId: () => mintId<'request'>(Date.now(), randomIdBytes()),
      observer: createCallObserver({ logger, telemetry, clock, providerIds: providers.map(({ id }) => id) }),
      inFlight,
    },
    readiness: () => ({
      isReady: redis.isAnswering() && metering.meter.isWritable,
      checks: {
        redis: redis.isAnswering() ? 'ok' : 'does not answer',
        spool: metering.meter.isWritable ? 'ok' : 'cannot be written',
        durability: metering.meter.durability,
        limits: limits.isEnforced ? 'on' : 'off',
        catalogue: snapshot.current().catalog.version,
      },
    }),
    async close() {
      snapshot.stop();
      await metering.close();
      await agent.close();
      redis.close();
      await Promise.all([
        closeConnection(connection),
        closeConnection(subscriber),
        database.close(),
        meterDatabase.close(),
      ]);
    },
  };
}

/**
 * The generation of Redis' counters that this process believes in. A gateway that sees Redis lose its state raises it,
 * so that every account is loaded again.
 */
const firstEpoch = 1;

/**
 * An account as it begins anew in Redis. Usage of this process that is still on its way to Postgres is brought there
 * first, because what Redis knew of it is gone.
 */
async function figuresOf(database: Database, metering: Metering, organizationId: OrganizationId) {
  if (!(await metering.shipAll(shipTimeoutMs))) {
    throw new GatewayError('service_unavailable', 'Your credits cannot be checked right now. Please retry.', {
      retryAfterSeconds: 1,
    });
  }
  const state = await database.forOrganization(organizationId).ledger.accountFigures();
  if (state === undefined) {
    throw new GatewayError('internal', 'The organization of this key does not exist.', { detail: { organizationId } });
  }
  return {
    organizationId,
    postedNanoUsd: state.postedNanoUsd,
    postedSequence: Number(state.ledgerSeq),
    unpostedNanoUsd: state.unpostedUsageNanoUsd,
    settledRequestIds: state.settledRequestIds,
  };
}

async function deltasAfter(
  database: Database,
  organizationId: OrganizationId,
  afterSequence: number,
): Promise<readonly LedgerDelta[]> {
  const missing = await database.forOrganization(organizationId).ledger.deltasAfter(BigInt(afterSequence));
  return missing.map(({ ledgerSeq, ...change }) => ({ organizationId, sequence: Number(ledgerSeq), ...change }));
}

function snapshotOptions(config: GatewayConfig): SnapshotOptions {
  const settings = new Map<string, { readonly apiKey: string; readonly baseUrl: string | undefined }>();
  for (const { id } of providers) {
    const apiKey = config.providerKeys[id];
    const baseUrl = config.providerUrls[id];
    if (baseUrl !== undefined) {
      assertUpstreamUrl(baseUrl, { allowsPrivate: config.egress.allowsPrivateUpstreams });
    }
    if (apiKey !== undefined) {
      settings.set(id, { apiKey: apiKey.reveal(), baseUrl });
    }
  }
  return { providers, settings, sandboxUrl: config.sandbox.url, usesSandboxFallback: config.sandbox.fallback === 'on' };
}

function registerGauges(telemetry: Telemetry, agent: UpstreamAgent, callsInFlight: () => number): void {
  telemetry.gauge({ name: 'calls_in_flight', help: 'Calls that are running.', read: callsInFlight });
  telemetry.gauge({
    name: 'upstream_connections',
    help: 'Open connections to providers.',
    read: () => agent.figures().connected,
  });
  telemetry.gauge({
    name: 'upstream_queued',
    help: 'Requests that wait for a connection to a provider: should be 0.',
    read: () => agent.figures().queued,
  });
}
