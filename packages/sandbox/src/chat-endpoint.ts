import type { Answer, AnswerFacts, Call, Frame } from './answer.ts';
import { promptTokens } from './ask.ts';
import type { Ask } from './ask.ts';
import { digestOf } from './digest.ts';
import type { Digest } from './digest.ts';
import { withoutFaults } from './directives.ts';
import type { Directives } from './directives.ts';
import { createdSeconds, orderedRefusal, padding, parseBody, refusedAnswer, wholeAnswer } from './endpoint.ts';
import type { Endpoint, SandboxState } from './endpoint.ts';
import { isJsonObject } from './json.ts';
import { parseDirectives, splitModelName, withoutDirectives } from './parse-directives.ts';
import { leastCachedTokens } from './prompt-memory.ts';
import { Refusal } from './refusal.ts';
import { writeScript } from './script.ts';
import type { Script } from './script.ts';
import { reportUsage } from './usage.ts';
import type { CacheUse, ReportedUsage } from './usage.ts';
import { isUnknownModel } from './vendor.ts';
import type { Vendor } from './vendor.ts';

/** What a renderer needs beside the script. */
export interface RenderContext {
  readonly requestId: Digest;
  readonly model: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly usage: ReportedUsage;
  readonly directives: Directives;
}

/** An answer in the dialect's own format. */
export interface Rendering {
  readonly whole: () => string;
  readonly frames: () => Iterable<Frame>;
  /** False when the client did not ask for usage, or a directive takes it away. */
  readonly reportsUsage: boolean;
}

/** A request that was understood, with the renderer of its answer: what only the dialect knows stays in between. */
export interface ChatReading {
  readonly ask: Ask;
  /** Top-level fields that the vendor does not know; refused under `strict`. */
  readonly unknownFields: readonly string[];
  readonly render: (script: Script, context: RenderContext) => Rendering;
}

/** One wire format of conversations. A new one is a file that exports such an object. */
export interface ChatDialect {
  readonly name: string;
  readonly path: RegExp;
  readonly vendor: Vendor;
  /** Whether the vendor caches prompts by itself or where the caller says. */
  readonly caching: 'automatic' | 'breakpoints';
  readonly streamType: string;
  /** What the vendor says to a body that is no JSON. */
  readonly notJson: string;
  /** Reads a request meant for `model`. Throws a `Refusal` in the vendor's words. */
  readonly read: (body: Readonly<Record<string, unknown>>, model: string) => ChatReading;
  readonly refuseUnknownField: (name: string) => Refusal;
  readonly refuseOverflow: (prompt: number, output: number, window: number) => Refusal;
}

/** The endpoint that answers a dialect from the neutral script. */
export function chatEndpoint(dialect: ChatDialect, state: SandboxState): Endpoint {
  return {
    dialect: dialect.name,
    method: 'POST',
    path: dialect.path,
    vendor: dialect.vendor,
    answer: (call, owner, requestId) => answerChat(dialect, state, call, owner, requestId),
  };
}

function answerChat(dialect: ChatDialect, state: SandboxState, call: Call, owner: string, requestId: Digest): Answer {
  const body = parseBody(call.body, dialect.notJson);
  if (!isJsonObject(body)) throw new Refusal('invalid_request', dialect.notJson);
  const named = splitModelName(typeof body['model'] === 'string' ? body['model'] : '');
  const { ask, unknownFields, render } = dialect.read(body, named.name);
  const asked = parseDirectives(named, ask.lastUserText);
  const isPast = asked.times !== undefined && state.counter.next(asked.id ?? digestOf(owner, requestId)) > asked.times;
  const directives = isPast ? withoutFaults(asked) : asked;

  const facts: AnswerFacts = {
    dialect: dialect.name,
    model: named.name,
    isStream: ask.isStream,
    usage: null,
    generatedTokens: 0,
  };
  const refusal = refusalOf(dialect, ask, named.name, unknownFields, directives);
  if (refusal !== undefined) return refusedAnswer(dialect.vendor, refusal, requestId, facts, directives);

  const script = writeScript(ask, directives, seedOf(state, ask, named.name));
  const inputTokens = promptTokens(ask);
  const usage = reportUsage({ inputTokens, ...script }, recall(dialect, state, owner, ask), directives);
  const context = { requestId, model: named.name, created: createdSeconds(requestId, directives), usage, directives };
  const rendering = render(script, context);
  const answered = { ...facts, usage: rendering.reportsUsage ? usage : null, generatedTokens: script.outputTokens };
  const headers = dialect.vendor.answerHeaders(requestId, named.name);
  const isReusable = asked.times === undefined && asked.created === undefined && inputTokens < leastCachedTokens;
  if (!ask.isStream || directives.html === true) {
    const type = { 'content-type': 'application/json' };
    return wholeAnswer(
      directives.status ?? 200,
      { ...type, ...headers },
      rendering.whole(),
      answered,
      directives,
      isReusable,
    );
  }
  return {
    status: 200,
    headers: { 'content-type': dialect.streamType, 'cache-control': 'no-cache', ...headers, ...padding(directives) },
    body: directives.empty === true ? () => [] : rendering.frames,
    facts: answered,
    directives,
    isReusable,
  };
}

function refusalOf(
  dialect: ChatDialect,
  ask: Ask,
  model: string,
  unknownFields: readonly string[],
  directives: Directives,
): Refusal | undefined {
  const ordered = orderedRefusal(directives);
  if (ordered !== undefined) return ordered;
  if (isUnknownModel(model)) return new Refusal('not_found');
  const [unknown] = unknownFields;
  if (directives.strict === true && unknown !== undefined) return dialect.refuseUnknownField(unknown);
  const window = directives.context;
  const prompt = promptTokens(ask);
  if (window !== undefined && prompt + (ask.maxTokens ?? 0) > window) {
    return dialect.refuseOverflow(prompt, ask.maxTokens ?? 0, window);
  }
  return undefined;
}

function recall(dialect: ChatDialect, state: SandboxState, owner: string, ask: Ask): CacheUse {
  return dialect.caching === 'automatic'
    ? state.memory.recallAutomatically(owner, ask.prompt)
    : state.memory.recallAtBreakpoints(owner, ask.prompt);
}

/**
 * The text of an answer follows from the model and what was said to it, and not from options or directives: a stream, a
 * whole answer and a faulty one agree on it.
 */
function seedOf(state: SandboxState, ask: Ask, model: string): Digest {
  return digestOf(state.seed, model, ...ask.prompt.map((block) => withoutDirectives(block.text)));
}
