import { randomBytes } from 'node:crypto';
import { asId, mintId } from '@turnpike/core/ids';
import type { RequestId } from '@turnpike/core/ids';
import { zeroUsage } from '@turnpike/core/inference/usage';
import type { AttemptFacts, AttemptOutcome, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { nanoUsd } from '@turnpike/core/money';
import { newId } from '@turnpike/db/new-id';
import type { ControlHarness } from './control-harness.ts';
import { uuidOf } from './control-harness.ts';

/** Whose call it was, in the ids of the border. */
export interface CallOwner {
  readonly organizationId: string;
  readonly projectId: string;
  readonly apiKeyId: string;
}

/** One attempt as a gateway would ship it: settled, by default at a cost of 1,000 nano-dollars. */
export interface AttemptChoices {
  readonly atMs?: number;
  readonly call?: Partial<CallFacts>;
  readonly attempt?: Partial<AttemptFacts>;
  readonly outcome?: Partial<AttemptOutcome>;
}

/** Records a call of one or more attempts and returns its request id as a UUID. */
export async function recordCall(
  harness: Pick<ControlHarness, 'meter'>,
  owner: CallOwner,
  attempts: readonly AttemptChoices[] = [{}],
): Promise<RequestId> {
  const atMs = attempts[0]?.atMs ?? Date.now();
  const requestId = mintId<'request'>(atMs, randomBytes(10));
  const rows = attempts.map((choices, index) => toRow(owner, requestId, atMs, index + 1, choices));
  await harness.meter.insertUsageBatch({ id: newId<'usageBatch'>(), instanceId: newId<'instance'>(), rows });
  return requestId;
}

function toRow(
  owner: CallOwner,
  requestId: RequestId,
  atMs: number,
  attempt: number,
  choices: AttemptChoices,
): UsageAttempt {
  return {
    call: {
      requestId,
      organizationId: asId<'organization'>(uuidOf('organization', owner.organizationId)),
      projectId: asId<'project'>(uuidOf('project', owner.projectId)),
      apiKeyId: asId<'apiKey'>(uuidOf('apiKey', owner.apiKeyId)),
      memberId: undefined,
      mode: 'live',
      operation: 'chat',
      clientProtocol: 'openai-chat',
      requestedModel: 'claude-sonnet-5',
      isStream: false,
      endUser: undefined,
      ...choices.call,
    },
    attempt: {
      attempt,
      startedAtMs: atMs + (attempt - 1) * 200,
      endpointId: 'anthropic/claude-sonnet-5@anthropic',
      modelSlug: 'anthropic/claude-sonnet-5',
      providerId: 'anthropic',
      upstreamModel: 'claude-sonnet-5',
      priceId: undefined,
      priceBookEntryId: undefined,
      ...choices.attempt,
    },
    outcome: {
      state: 'settled',
      endedAtMs: atMs + (attempt - 1) * 200 + 150,
      firstContentMs: 40,
      durationMs: 150,
      upstreamStatus: 200,
      failureKind: undefined,
      failureMessage: undefined,
      finishReason: 'stop',
      nativeFinishReason: 'end_turn',
      isCancelled: false,
      usage: { ...zeroUsage, inputTokens: 100, outputTokens: 20 },
      usageSource: 'reported',
      isUnpriced: false,
      providerCostNanoUsd: nanoUsd(800n),
      chargeNanoUsd: nanoUsd(1_000n),
      ...choices.outcome,
    },
  };
}
