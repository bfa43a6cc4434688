import type { Ask } from './ask.ts';
import type { Directives } from './directives.ts';
import { digestOf, idFrom, numberFrom } from './digest.ts';
import type { Digest } from './digest.ts';
import { withoutDirectives } from './parse-directives.ts';
import { valueForSchema } from './schema-value.ts';
import {
  fillerTokens,
  firstTokens,
  greetingTokens,
  joinTokens,
  noTokens,
  reasoningTokens,
  tokenize,
} from './tokens.ts';
import type { Tokens } from './tokens.ts';

/** Why an answer ended, in no vendor's words. */
export type Finish = 'stop' | 'stop_sequence' | 'length' | 'tool_calls' | 'content_filter' | 'refusal';

export interface ScriptedCall {
  /** 24 letters and digits, to which a vendor puts its own prefix. */
  readonly id: string;
  readonly name: string;
  /** JSON text; broken on purpose when `bad-arguments` or a token limit asks for it. */
  readonly arguments: Tokens;
}

export interface ScriptedChoice {
  readonly reasoning: Tokens;
  readonly text: Tokens;
  readonly calls: readonly ScriptedCall[];
  readonly finish: Finish;
  readonly stopSequence?: string;
}

/** What is answered, before any vendor's format. */
export interface Script {
  readonly choices: readonly ScriptedChoice[];
  /** How many pieces a stream breaks the text into; undefined for one per token. */
  readonly chunkCount?: number;
  readonly reasoningTokens: number;
  /** All that was generated, reasoning included. */
  readonly outputTokens: number;
}

/** Tokens that the name and the framing of one call count for. */
export const tokensPerCall = 8;

/** Writes the answer to a call. The same ask, directives and seed always give the same script. */
export function writeScript(ask: Ask, directives: Directives, seed: Digest): Script {
  const choices: ScriptedChoice[] = [];
  let reasoning = 0;
  let output = 0;
  for (let index = 0; index < ask.choices; index += 1) {
    const choice = writeChoice(ask, directives, index === 0 ? seed : digestOf(seed, 'choice', index));
    choices.push(choice);
    reasoning += choice.reasoning.length;
    output += choice.reasoning.length + choice.text.length;
    for (const call of choice.calls) output += tokensPerCall + call.arguments.length;
  }
  const script = { choices, reasoningTokens: reasoning, outputTokens: output };
  return directives.chunks === undefined ? script : { ...script, chunkCount: directives.chunks };
}

function writeChoice(ask: Ask, directives: Directives, seed: Digest): ScriptedChoice {
  const number = numberFrom(seed);
  const limit = ask.maxTokens ?? Number.MAX_SAFE_INTEGER;
  const reasoning = firstTokens(reasoningTokens(number, directives.reasoning ?? ask.reasoningTokens), limit);
  if (directives.refusal === true) {
    return { reasoning, text: tokenize('I am sorry, but I cannot help with that.'), calls: [], finish: 'refusal' };
  }
  const calls = directives.filtered === true ? [] : writeCalls(ask, directives, seed);
  const { text, stopSequence } = cutAtStop(writeText(ask, directives, seed, calls.length > 0), ask.stopSequences);
  const ending = stopSequence === undefined ? {} : { stopSequence };
  const left = limit - reasoning.length;
  if (text.length >= left && stopSequence === undefined && (text.length > left || calls.length > 0)) {
    return { reasoning, text: firstTokens(text, left), calls: [], finish: 'length' };
  }
  if (stopSequence !== undefined) return { reasoning, text, calls: [], finish: 'stop_sequence', ...ending };
  if (directives.filtered === true) return { reasoning, text, calls: [], finish: 'content_filter' };
  return { reasoning, text, ...withinLimit(calls, left - text.length) };
}

/** Calls that fit into the tokens left; the one that does not fit is cut in the middle, as a model would be. */
function withinLimit(calls: readonly ScriptedCall[], limit: number): Pick<ScriptedChoice, 'calls' | 'finish'> {
  if (calls.length === 0) return { calls, finish: 'stop' };
  const fitting: ScriptedCall[] = [];
  let left = limit;
  for (const call of calls) {
    left -= tokensPerCall;
    if (left < 0) return { calls: fitting, finish: 'length' };
    const cut = firstTokens(call.arguments, left);
    fitting.push({ ...call, arguments: cut });
    if (cut.length < call.arguments.length) return { calls: fitting, finish: 'length' };
    left -= cut.length;
  }
  return { calls: fitting, finish: 'tool_calls' };
}

function writeText(ask: Ask, directives: Directives, seed: Digest, hasCalls: boolean): Tokens {
  if (directives.say !== undefined) return tokenize(directives.say);
  if (directives.echo === true) return tokenize(withoutDirectives(ask.lastUserText));
  const count = directives.tokens ?? directives.chunks;
  if (count !== undefined) return fillerTokens(numberFrom(seed), count);
  if (hasCalls) return noTokens;
  if (ask.format.kind === 'json') return tokenize(JSON.stringify(valueForSchema(ask.format.schema, numberFrom(seed))));
  return greetingTokens(numberFrom(seed));
}

/** Tools are called when the choice forces it, or when the user's own last message says so and no result has come yet. */
function writeCalls(ask: Ask, directives: Directives, seed: Digest): readonly ScriptedCall[] {
  const names = calledNames(ask, directives);
  const repeated = Array.from({ length: directives.calls ?? 1 }, () => names).flat();
  const allowed = ask.mayCallInParallel ? repeated : repeated.slice(0, 1);
  return allowed.map((name, index) => {
    const own = digestOf(seed, 'call', index);
    const tool = ask.tools.find((offered) => offered.name === name);
    const value = tool === undefined ? {} : valueForSchema(asObjectSchema(tool.schema), numberFrom(own));
    const json = JSON.stringify(value);
    const text = directives['bad-arguments'] === true ? json.slice(0, Math.max(1, json.length - 1)) : json;
    return { id: idFrom(own, 'call', 24), name, arguments: tokenize(text) };
  });
}

function calledNames(ask: Ask, directives: Directives): readonly string[] {
  if (ask.toolChoice === 'none') return [];
  const wanted = ask.endsWithToolResult ? undefined : directives.tool;
  if (wanted !== undefined) return wanted.length > 0 ? wanted : ask.tools.slice(0, 1).map((tool) => tool.name);
  if (ask.toolChoice === 'auto') return [];
  if (ask.toolChoice === 'any') return ask.tools.slice(0, 1).map((tool) => tool.name);
  return [ask.toolChoice.name];
}

/** Arguments are an object even where a tool declares nothing. */
function asObjectSchema(schema: unknown): unknown {
  return typeof schema === 'object' && schema !== null ? { type: 'object', ...schema } : { type: 'object' };
}

function cutAtStop(text: Tokens, stops: readonly string[]): { readonly text: Tokens; readonly stopSequence?: string } {
  if (stops.length === 0) return { text };
  const whole = joinTokens(text);
  let first = -1;
  let stopSequence = '';
  for (const stop of stops) {
    const at = stop === '' ? -1 : whole.indexOf(stop);
    if (at >= 0 && (first < 0 || at < first)) {
      first = at;
      stopSequence = stop;
    }
  }
  return first < 0 ? { text } : { text: tokenize(whole.slice(0, first)), stopSequence };
}

/** A piece of a stream: text made of the tokens from `from` (inclusive) to `to` (exclusive). */
export interface Piece {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The pieces a stream sends a text in: one per token, or spread evenly over `count` pieces. */
export function* piecesOf(tokens: Tokens, count = tokens.length): Generator<Piece> {
  const pieces = Math.min(count, tokens.length);
  for (let index = 0; index < pieces; index += 1) {
    const from = Math.floor((index * tokens.length) / pieces);
    const to = Math.floor(((index + 1) * tokens.length) / pieces);
    yield { text: joinTokens(tokens, from, to), from, to };
  }
}
