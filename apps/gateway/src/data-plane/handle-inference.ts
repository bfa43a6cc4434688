import { parseCall, type ParsedCall } from '@turnpike/adapters/parse-call';
import { assertMayUseModel } from '@turnpike/core/access/authorize';
import type { Principal } from '@turnpike/core/access/principal';
import { resolveModel } from '@turnpike/core/catalog/resolve-model';
import { GatewayError } from '@turnpike/core/errors';
import { planRoute } from '@turnpike/core/routing/plan-route';

import type { Call, Sink } from './call.ts';
import type { CatalogSnapshot, KeyStore, LimitStore } from './ports.ts';
import { admit, type AdmitFacts, type Admission } from './stages/admit.ts';
import { authenticate } from './stages/authenticate.ts';
import type { CreditQueue } from './stages/credit-queue.ts';
import { executePlan, type CallSummary, type ExecutePorts } from './stages/execute-plan.ts';

/** Everything that the pipeline needs of the world, built once at start. */
export interface Stages extends ExecutePorts {
  readonly keys: KeyStore;
  readonly limits: LimitStore;
  readonly credit: CreditQueue;
  /** The catalogue of this moment. */
  readonly snapshot: () => CatalogSnapshot;
  /** How long a whole call may take, all attempts together. */
  readonly callDeadlineMs: number;
}

/** A hold outlives its call's deadline by this much, so that the sweeper never returns money that is still being spent. */
const holdGraceMs = 60_000;
/** What an answer is expected to be long when nothing is known about the model's habits; for ranking alone. */
const expectedOutputTokens = 500;
/** Typical bytes per token, to rank by expected cost; the hold uses the bound instead. */
const expectedBytesPerToken = 4;

/**
 * The one road of every inference call, in order of cost: headers, then memory, then one Redis call, then the network.
 * This file alone knows the order. Throws GatewayError while nothing was sent.
 */
export async function handleInference(
  stages: Stages,
  call: Call,
  sink: Sink,
): Promise<CallSummary & { readonly principal: Principal }> {
  const principal = await authenticate(stages.keys, stages.clock, call);
  const parsed = parseCall(call.protocol, call.body);
  const snapshot = stages.snapshot();
  const { slug, candidates } = resolveModel(snapshot.catalog, {
    name: parsed.model,
    operation: call.operation,
    mode: principal.mode,
    allowsUnlistedModels: principal.allowsUnlistedModels,
  });
  assertMayUseModel(principal, slug);
  assertCanRecord(stages);
  const plan = planRoute({
    candidates,
    inputTokens: Math.ceil(parsed.textBytes / expectedBytesPerToken),
    expectedOutputTokens: Math.min(expectedOutputTokens, parsed.maxOutputTokens ?? expectedOutputTokens),
    healthOf: (endpointId) => stages.health.healthOf(endpointId),
    nowMs: call.receivedAtMs,
  });
  const admission = await stages.credit.untilFree(sink, () =>
    admitOrVoid(stages, {
      requestId: call.requestId,
      principal,
      parsed,
      catalog: snapshot.catalog,
      candidates: plan.steps,
      holdTtlMs: stages.callDeadlineMs + holdGraceMs,
    }),
  );
  const summary = await executePlan(
    stages,
    {
      call,
      sink,
      parsed,
      principal,
      admission,
      snapshot,
      callFacts: factsOf(call, parsed, principal),
      deadlineTicksMs: call.receivedAtTicksMs + stages.callDeadlineMs,
      holdDeadlineMs: call.receivedAtMs + stages.callDeadlineMs + holdGraceMs,
    },
    plan,
  );
  return { ...summary, principal };
}

/** A hold whose answer did not come in time may stand all the same; it is released as soon as Redis answers again. */
async function admitOrVoid(stages: Stages, facts: AdmitFacts): Promise<Admission> {
  try {
    return await admit(stages.limits, facts);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'service_unavailable') {
      stages.meter.voidLater({ requestId: facts.requestId, organizationId: facts.principal.organizationId });
    }
    throw error;
  }
}

/** Work whose usage could not be recorded is refused before it is accepted. */
function assertCanRecord(stages: Stages): void {
  if (!stages.meter.isWritable) {
    throw new GatewayError(
      'service_unavailable',
      'We cannot record usage right now, so we take no new calls. Please retry shortly.',
      {
        retryAfterSeconds: 5,
      },
    );
  }
}

function factsOf(call: Call, parsed: ParsedCall, principal: Principal) {
  return {
    requestId: call.requestId,
    organizationId: principal.organizationId,
    projectId: principal.projectId,
    apiKeyId: principal.apiKeyId,
    memberId: principal.memberId,
    mode: principal.mode,
    operation: call.operation,
    clientProtocol: call.protocol,
    requestedModel: parsed.model,
    isStream: parsed.isStream,
    endUser: parsed.endUser,
  };
}
