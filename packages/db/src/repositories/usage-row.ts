import { asId } from '@turnpike/core/ids';
import type { FailureKind } from '@turnpike/core/inference/failure';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import type { FinishReason } from '@turnpike/core/inference/stream';
import type { AttemptOutcome, AttemptState, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { nanoUsd } from '@turnpike/core/money';
import { Prisma } from '../generated/client.ts';
import { oneOf } from '../row-values.ts';

/** An attempt as its tenant sees it: without what we owe the provider. */
export interface TenantAttempt extends Pick<UsageAttempt, 'call' | 'attempt'> {
  readonly outcome: Omit<AttemptOutcome, 'providerCostNanoUsd'>;
}

/** A row of `usage_attempt` as the driver gives it. */
export interface UsageRow {
  readonly request_id: string;
  readonly attempt: number;
  readonly organization_id: string;
  readonly project_id: string;
  readonly api_key_id: string;
  readonly member_id: string | null;
  readonly mode: string;
  readonly operation: string;
  readonly client_protocol: string;
  readonly requested_model: string;
  readonly is_stream: boolean;
  readonly end_user: string | null;
  readonly attempt_started_at: Date;
  readonly endpoint_id: string;
  readonly model_slug: string | null;
  readonly provider_id: string;
  readonly upstream_model: string;
  readonly price_id: string | null;
  readonly price_book_entry_id: string | null;
  readonly state: string;
  readonly ended_at: Date;
  readonly first_content_ms: number | null;
  readonly duration_ms: number;
  readonly upstream_status: number | null;
  readonly failure_kind: string | null;
  readonly failure_message: string | null;
  readonly finish_reason: string | null;
  readonly native_finish_reason: string | null;
  readonly is_cancelled: boolean;
  readonly usage_source: string;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_5m_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly audio_input_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly audio_output_tokens: number;
  readonly web_searches: number;
  readonly is_unpriced: boolean;
  readonly charge_nano_usd: bigint;
}

/** The columns of `UsageRow`: those that the view of role `dashboard` has. */
export const usageColumns = Prisma.sql`request_id, attempt, organization_id, project_id, api_key_id, member_id, mode,
  operation, client_protocol, requested_model, is_stream, end_user, attempt_started_at, endpoint_id, model_slug,
  provider_id, upstream_model, price_id, price_book_entry_id, state, ended_at, first_content_ms, duration_ms,
  upstream_status, failure_kind, failure_message, finish_reason, native_finish_reason, is_cancelled, usage_source,
  input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, audio_input_tokens, output_tokens,
  reasoning_tokens, audio_output_tokens, web_searches, is_unpriced, charge_nano_usd`;

const states: readonly AttemptState[] = ['settled', 'estimated', 'failed', 'orphaned'];
const operations: readonly Operation[] = ['chat', 'embeddings'];
const protocols: readonly ProtocolName[] = ['openai-chat', 'anthropic-messages', 'openai-embeddings'];
const finishReasons: readonly FinishReason[] = ['stop', 'length', 'tool_calls', 'content_filter', 'error'];
const failureKinds: readonly FailureKind[] = [
  'rate_limited',
  'overloaded',
  'timeout',
  'connection',
  'rejected',
  'unauthorized',
  'context_too_long',
  'content_filtered',
  'server',
  'malformed',
];

/** The record of a row. Throws RangeError for a word that this version does not know. */
export function attemptFromRow(row: UsageRow): TenantAttempt {
  return {
    call: {
      requestId: asId<'request'>(row.request_id),
      organizationId: asId<'organization'>(row.organization_id),
      projectId: asId<'project'>(row.project_id),
      apiKeyId: asId<'apiKey'>(row.api_key_id),
      memberId: row.member_id === null ? undefined : asId<'member'>(row.member_id),
      mode: oneOf(['live', 'test'], row.mode),
      operation: oneOf(operations, row.operation),
      clientProtocol: oneOf(protocols, row.client_protocol),
      requestedModel: row.requested_model,
      isStream: row.is_stream,
      endUser: row.end_user ?? undefined,
    },
    attempt: {
      attempt: row.attempt,
      startedAtMs: row.attempt_started_at.getTime(),
      endpointId: row.endpoint_id,
      modelSlug: row.model_slug ?? undefined,
      providerId: row.provider_id,
      upstreamModel: row.upstream_model,
      priceId: row.price_id ?? undefined,
      priceBookEntryId: row.price_book_entry_id ?? undefined,
    },
    outcome: {
      state: oneOf(states, row.state),
      endedAtMs: row.ended_at.getTime(),
      firstContentMs: row.first_content_ms ?? undefined,
      durationMs: row.duration_ms,
      upstreamStatus: row.upstream_status ?? undefined,
      failureKind: row.failure_kind === null ? undefined : oneOf(failureKinds, row.failure_kind),
      failureMessage: row.failure_message ?? undefined,
      finishReason: row.finish_reason === null ? undefined : oneOf(finishReasons, row.finish_reason),
      nativeFinishReason: row.native_finish_reason ?? undefined,
      isCancelled: row.is_cancelled,
      usage: {
        inputTokens: row.input_tokens,
        cacheReadTokens: row.cache_read_tokens,
        cacheWrite5mTokens: row.cache_write_5m_tokens,
        cacheWrite1hTokens: row.cache_write_1h_tokens,
        audioInputTokens: row.audio_input_tokens,
        outputTokens: row.output_tokens,
        reasoningTokens: row.reasoning_tokens,
        audioOutputTokens: row.audio_output_tokens,
        webSearches: row.web_searches,
      },
      usageSource: oneOf(['reported', 'estimated'], row.usage_source),
      isUnpriced: row.is_unpriced,
      chargeNanoUsd: nanoUsd(row.charge_nano_usd),
    },
  };
}
