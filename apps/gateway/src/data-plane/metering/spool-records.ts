import { asId, type IdKind, type OrganizationId, type RequestId } from '@turnpike/core/ids';
import type { FailureKind } from '@turnpike/core/inference/failure';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import type { FinishReason } from '@turnpike/core/inference/stream';
import type { UsageSource } from '@turnpike/core/inference/usage';
import type { AttemptFacts, AttemptState, CallFacts, UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { type NanoUsd, nanoUsd } from '@turnpike/core/money';
import { z } from 'zod';

/**
 * What the journal of open calls holds. `attempt`: about to be sent to a provider. `ended`: its end is durable, with
 * what it came to. `closed`: these calls are settled in Redis; nothing of them is open.
 */
export type OpenRecord =
  | { readonly type: 'attempt'; readonly call: CallFacts; readonly attempt: AttemptFacts }
  | {
      readonly type: 'ended';
      readonly requestId: RequestId;
      readonly organizationId: OrganizationId;
      readonly attempt: number;
      readonly chargeNanoUsd: NanoUsd;
    }
  | { readonly type: 'closed'; readonly requestIds: readonly RequestId[] };

/** Writes an end as one line of JSON; amounts are decimal text, absent facts are left out. */
export function encodeUsageAttempt({ call, attempt, outcome }: UsageAttempt): string {
  return JSON.stringify({
    call,
    attempt,
    outcome: {
      ...outcome,
      providerCostNanoUsd: outcome.providerCostNanoUsd.toString(),
      chargeNanoUsd: outcome.chargeNanoUsd.toString(),
    },
  });
}

/** Reads an end back. Throws ZodError when it is not exactly what `encodeUsageAttempt` writes. */
export function decodeUsageAttempt(line: string): UsageAttempt {
  return usageAttemptSchema.parse(JSON.parse(line));
}

/** Writes a record of the journal as one line of JSON. */
export function encodeOpenRecord(record: OpenRecord): string {
  return JSON.stringify(
    record.type === 'ended' ? { ...record, chargeNanoUsd: record.chargeNanoUsd.toString() } : record,
  );
}

/** Reads a record of the journal back. Throws ZodError when it is none. */
export function decodeOpenRecord(line: string): OpenRecord {
  return openRecordSchema.parse(JSON.parse(line));
}

function id<Kind extends IdKind>(_kind: Kind) {
  return z.string().transform((text) => asId<Kind>(text));
}

/** A fact that may be absent: the line leaves it out. */
function absentable<Value>(schema: z.ZodType<Value>): z.ZodType<Value | undefined> {
  return schema.optional();
}

const amount = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((text) => nanoUsd(BigInt(text)));
const count = z.int().nonnegative();

/** Every word of a union, checked by the compiler: a word that core learns and this file does not is an error here. */
type WordsOf<Word extends string> = { readonly [Each in Word]: Each };

const protocols: WordsOf<ProtocolName> = {
  'openai-chat': 'openai-chat',
  'openai-embeddings': 'openai-embeddings',
  'anthropic-messages': 'anthropic-messages',
};
const operations: WordsOf<Operation> = { chat: 'chat', embeddings: 'embeddings' };
const modes: WordsOf<CallFacts['mode']> = { live: 'live', test: 'test' };
const states: WordsOf<AttemptState> = {
  settled: 'settled',
  estimated: 'estimated',
  failed: 'failed',
  orphaned: 'orphaned',
};
const usageSources: WordsOf<UsageSource> = { reported: 'reported', estimated: 'estimated' };
const finishReasons: WordsOf<FinishReason> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  error: 'error',
};
const failureKinds: WordsOf<FailureKind> = {
  rate_limited: 'rate_limited',
  overloaded: 'overloaded',
  timeout: 'timeout',
  connection: 'connection',
  rejected: 'rejected',
  unauthorized: 'unauthorized',
  context_too_long: 'context_too_long',
  content_filtered: 'content_filtered',
  server: 'server',
  malformed: 'malformed',
};

const callSchema: z.ZodType<CallFacts> = z.strictObject({
  requestId: id('request'),
  organizationId: id('organization'),
  projectId: id('project'),
  apiKeyId: id('apiKey'),
  memberId: absentable(id('member')),
  mode: z.enum(modes),
  operation: z.enum(operations),
  clientProtocol: z.enum(protocols),
  requestedModel: z.string(),
  isStream: z.boolean(),
  endUser: absentable(z.string()),
});

const attemptSchema: z.ZodType<AttemptFacts> = z.strictObject({
  attempt: z.int().positive(),
  startedAtMs: count,
  endpointId: z.string(),
  modelSlug: absentable(z.string()),
  providerId: z.string(),
  upstreamModel: z.string(),
  priceId: absentable(z.string()),
  priceBookEntryId: absentable(z.string()),
});

const usageSchema = z.strictObject({
  inputTokens: count,
  cacheReadTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
  audioInputTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  audioOutputTokens: count,
  webSearches: count,
});

const outcomeSchema: z.ZodType<UsageAttempt['outcome']> = z.strictObject({
  state: z.enum(states),
  endedAtMs: z.number(),
  firstContentMs: absentable(z.number()),
  durationMs: z.number(),
  upstreamStatus: absentable(z.int()),
  failureKind: absentable(z.enum(failureKinds)),
  failureMessage: absentable(z.string()),
  finishReason: absentable(z.enum(finishReasons)),
  nativeFinishReason: absentable(z.string()),
  isCancelled: z.boolean(),
  usage: usageSchema,
  usageSource: z.enum(usageSources),
  isUnpriced: z.boolean(),
  providerCostNanoUsd: amount,
  chargeNanoUsd: amount,
});

const usageAttemptSchema: z.ZodType<UsageAttempt> = z.strictObject({
  call: callSchema,
  attempt: attemptSchema,
  outcome: outcomeSchema,
});

const openRecordSchema: z.ZodType<OpenRecord> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('attempt'), call: callSchema, attempt: attemptSchema }),
  z.strictObject({
    type: z.literal('ended'),
    requestId: id('request'),
    organizationId: id('organization'),
    attempt: z.int().positive(),
    chargeNanoUsd: amount,
  }),
  z.strictObject({ type: z.literal('closed'), requestIds: z.array(id('request')) }),
]);
