import type { Answer, AnswerFacts, Call } from './answer.ts';
import type { CallCounter } from './call-counter.ts';
import type { Digest } from './digest.ts';
import type { Directives } from './directives.ts';
import { brokenHalf } from './delivery-steps.ts';
import type { PromptMemory } from './prompt-memory.ts';
import { kindOfStatus, Refusal } from './refusal.ts';
import type { Vendor } from './vendor.ts';

/** What outlives a call. */
export interface SandboxState {
  readonly seed: number;
  readonly memory: PromptMemory;
  readonly counter: CallCounter;
}

/** One operation on the wire, such as OpenAI's chat completions. */
export interface Endpoint {
  readonly dialect: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  readonly vendor: Vendor;
  /** Decides the answer. `owner` is who calls; `requestId` is the digest of the request. Throws a `Refusal`. */
  readonly answer: (call: Call, owner: string, requestId: Digest) => Answer;
}

/** The body as JSON. Throws a `Refusal` with the given sentence when it is none. */
export function parseBody(body: Buffer, sentence: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Refusal('invalid_request', sentence, cause instanceof SyntaxError ? {} : { code: null });
  }
}

/** A whole answer with its length, and with the faults that change its head or its body. */
export function wholeAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  facts: AnswerFacts,
  directives: Directives = {},
  isReusable = false,
): Answer {
  const changed = changedBody(body, directives);
  const type = directives.html === true ? { 'content-type': 'text/html; charset=utf-8' } : {};
  const length = { 'content-length': String(Buffer.byteLength(changed)) };
  return {
    status,
    headers: { ...headers, ...type, ...padding(directives), ...length },
    body: changed,
    facts,
    directives,
    isReusable,
  };
}

/** A header of so many kilobytes, past what HTTP clients take. */
export function padding(directives: Directives): Record<string, string> {
  const kilobytes = directives['huge-header'];
  return kilobytes === undefined ? {} : { 'x-sandbox-padding': 'x'.repeat(kilobytes * 1024) };
}

const htmlPage =
  '<!doctype html>\n<html><head><title>Sandbox</title></head><body><h1>Not an API answer</h1></body></html>\n';

function changedBody(body: string, directives: Directives): string {
  if (directives.empty === true) return '';
  if (directives.html === true) return htmlPage;
  return directives.malformed === true ? brokenHalf(body) : body;
}

/** A refusal as an answer in the vendor's shape; `error-body` gives it a status that says all is well. */
export function refusedAnswer(
  vendor: Vendor,
  refusal: Refusal,
  requestId: Digest,
  facts: AnswerFacts,
  directives: Directives = {},
): Answer {
  const { status, headers, body } = vendor.renderRefusal(refusal, requestId, facts.model ?? '');
  const refused = { ...facts, usage: null, generatedTokens: 0 };
  return wholeAnswer(directives['error-body'] === true ? 200 : status, headers, body, refused, directives);
}

/** The failure that the directives ask for in place of an answer, or undefined. */
export function orderedRefusal(directives: Directives): Refusal | undefined {
  const { status, error } = directives;
  const wait = directives['retry-after'];
  const facts = {
    ...(status === undefined ? {} : { status }),
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
  };
  if (error === 'quota') return new Refusal('quota', '', facts);
  if (error === 'content-policy') return new Refusal('content_policy', '', facts);
  if (error === 'context') return new Refusal('context_length', '', facts);
  if (status !== undefined) return directives.html === true ? undefined : new Refusal(kindOfStatus(status), '', facts);
  return directives['error-body'] === true ? new Refusal('server', '', facts) : undefined;
}

/** Some second of the year 2026 that follows from the request, or the present one when the directives ask for it. */
export function createdSeconds(requestId: Digest, directives: Directives): number {
  if (directives.created === 'now') return Math.floor(Date.now() / 1000);
  return 1_767_225_600 + (Number.parseInt(requestId.slice(8, 16), 16) % 31_536_000);
}
