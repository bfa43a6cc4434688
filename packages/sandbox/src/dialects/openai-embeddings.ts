import { z } from 'zod';
import type { Answer, AnswerFacts, Call } from '../answer.ts';
import type { Digest } from '../digest.ts';
import { digestOf } from '../digest.ts';
import { withoutFaults } from '../directives.ts';
import { base64Vector, embeddingVector } from '../embedding-vector.ts';
import { orderedRefusal, parseBody, refusedAnswer, wholeAnswer } from '../endpoint.ts';
import type { Endpoint, SandboxState } from '../endpoint.ts';
import { isJsonObject } from '../json.ts';
import { parseDirectives, splitModelName } from '../parse-directives.ts';
import { Refusal } from '../refusal.ts';
import { countPromptTokens } from '../tokens.ts';
import { noCache, reportUsage } from '../usage.ts';
import { isUnknownModel } from '../vendor.ts';
import { openai } from '../vendors/openai.ts';
import { firstIssue } from '../wire-issue.ts';
import { openaiRefusal } from './openai-issues.ts';

const embeddingsRequest = z.looseObject({
  input: z.union([z.string(), z.array(z.string()).max(2048), z.array(z.int()), z.array(z.array(z.int())).max(2048)]),
  model: z.string(),
  dimensions: z.int().min(1).max(4096).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});

const fields: ReadonlySet<string> = new Set([...Object.keys(embeddingsRequest.shape), 'user']);
const largeDimensions = 3_072;
const usualDimensions = 1_536;
const notJson =
  'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.';

/** One text to embed, with the tokens it counts for: token arrays count as they are, text at four bytes a token. */
interface Input {
  readonly text: string;
  readonly tokens: number;
}

function inputsOf(input: z.output<typeof embeddingsRequest>['input']): readonly Input[] {
  const fromText = (text: string): Input => ({ text, tokens: Math.max(1, countPromptTokens(text)) });
  const fromTokens = (tokens: readonly number[]): Input => ({ text: tokens.join(' '), tokens: tokens.length });
  if (typeof input === 'string') return [fromText(input)];
  const inputs: Input[] = [];
  const bare: number[] = [];
  for (const one of input) {
    if (typeof one === 'string') inputs.push(fromText(one));
    else if (typeof one === 'number') bare.push(one);
    else inputs.push(fromTokens(one));
  }
  return bare.length > 0 ? [fromTokens(bare)] : inputs;
}

/** OpenAI's embeddings: floats or base64, batches, `dimensions`. Directives come in the model name or the last input. */
export function embeddingsEndpoint(state: SandboxState): Endpoint {
  return {
    dialect: 'openai-embeddings',
    method: 'POST',
    path: /\/embeddings$/,
    vendor: openai,
    answer: (call, owner, requestId) => answerEmbeddings(state, call, owner, requestId),
  };
}

function answerEmbeddings(state: SandboxState, call: Call, owner: string, requestId: Digest): Answer {
  const body = parseBody(call.body, notJson);
  if (!isJsonObject(body)) throw new Refusal('invalid_request', notJson);
  const parsed = embeddingsRequest.safeParse(body);
  if (!parsed.success) throw openaiRefusal(firstIssue(parsed.error.issues, body));
  const named = splitModelName(parsed.data.model);
  const inputs = inputsOf(parsed.data.input);
  if (inputs.length === 0 || inputs.some((input) => input.text === '')) {
    throw new Refusal(
      'invalid_request',
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    );
  }
  const asked = parseDirectives(named, inputs.at(-1)?.text ?? '');
  const isPast = asked.times !== undefined && state.counter.next(asked.id ?? digestOf(owner, requestId)) > asked.times;
  const directives = isPast ? withoutFaults(asked) : asked;
  const facts: AnswerFacts = {
    dialect: 'openai-embeddings',
    model: named.name,
    isStream: false,
    usage: null,
    generatedTokens: 0,
  };
  const refusal = orderedRefusal(directives) ?? refusalOf(body, named.name, directives.strict === true);
  if (refusal !== undefined) return refusedAnswer(openai, refusal, requestId, facts, directives);

  const counted = inputs.reduce((sum, input) => sum + input.tokens, 0);
  const usage = reportUsage({ inputTokens: counted, outputTokens: 0, reasoningTokens: 0 }, noCache, directives);
  const isMissing = directives.usage === 'missing';
  const dimensions = parsed.data.dimensions ?? (named.name.includes('large') ? largeDimensions : usualDimensions);
  const answer = {
    object: 'list',
    data: inputs.map(({ text }, index) => {
      const vector = embeddingVector(text, dimensions, state.seed);
      const isBase64 = parsed.data.encoding_format === 'base64';
      return { object: 'embedding', index, embedding: isBase64 ? base64Vector(vector) : [...vector] };
    }),
    model: named.name,
    ...(isMissing ? {} : { usage: { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens } }),
  };
  const headers = { 'content-type': 'application/json', ...openai.answerHeaders(requestId, named.name) };
  const answered = { ...facts, usage: isMissing ? null : usage };
  const isReusable = asked.times === undefined;
  return wholeAnswer(directives.status ?? 200, headers, JSON.stringify(answer), answered, directives, isReusable);
}

function refusalOf(body: Readonly<Record<string, unknown>>, model: string, isStrict: boolean): Refusal | undefined {
  if (isUnknownModel(model)) return new Refusal('not_found');
  const unknown = isStrict ? Object.keys(body).find((name) => !fields.has(name)) : undefined;
  if (unknown === undefined) return undefined;
  return new Refusal('invalid_request', `Unknown parameter: '${unknown}'.`, {
    param: unknown,
    code: 'unknown_parameter',
  });
}
