import type { Frame } from '../../answer.ts';
import type { Rendering, RenderContext } from '../../chat-endpoint.ts';
import { idFrom } from '../../digest.ts';
import { isJsonObject } from '../../json.ts';
import { piecesOf, tokensPerCall } from '../../script.ts';
import type { Finish, Script, ScriptedCall, ScriptedChoice } from '../../script.ts';
import { joinTokens, noTokens } from '../../tokens.ts';
import type { ReportedUsage } from '../../usage.ts';
import { signThought } from './signature.ts';
import type { MessagesRequest } from './wire.ts';

const noChoice: ScriptedChoice = { reasoning: noTokens, text: noTokens, calls: [], finish: 'stop' };

/** Renders a script as a `message` or as the events that build one. */
export function renderMessage(request: MessagesRequest, script: Script, context: RenderContext): Rendering {
  const choice = script.choices[0] ?? noChoice;
  return {
    whole: () => JSON.stringify(message(request, choice, context)),
    frames: () => frames(request, choice, script.chunkCount, context),
    reportsUsage: context.directives.usage !== 'missing',
  };
}

function head({ requestId, model }: RenderContext): object {
  return { model, id: `msg_01${idFrom(requestId, 'message', 22)}`, type: 'message', role: 'assistant' };
}

function message(request: MessagesRequest, choice: ScriptedChoice, context: RenderContext): object {
  const text = joinTokens(choice.text);
  const thinking = joinTokens(choice.reasoning);
  const thought = { type: 'thinking', thinking: isOmitted(request) ? '' : thinking, signature: signThought(thinking) };
  return {
    ...head(context),
    content: [
      ...(thinking === '' ? [] : [thought]),
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...choice.calls.map((call) => ({ ...callHead(call), input: parsedArguments(call) })),
    ],
    ...ending(choice),
    ...(context.directives.usage === 'missing' ? {} : { usage: wholeUsage(context.usage, context.usage.outputTokens) }),
  };
}

function isOmitted({ thinking }: MessagesRequest): boolean {
  return thinking?.display === 'omitted';
}

function callHead(call: ScriptedCall): object {
  return { type: 'tool_use', id: `toolu_01${call.id.slice(0, 22)}`, name: call.name };
}

/** Arguments that are cut short cannot be shown in a whole message: it is given an empty object, as the vendor does. */
function parsedArguments(call: ScriptedCall): object {
  try {
    const value: unknown = JSON.parse(joinTokens(call.arguments));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function ending(choice: ScriptedChoice): object {
  return { stop_reason: stopReason(choice.finish), stop_sequence: choice.stopSequence ?? null, stop_details: null };
}

function stopReason(finish: Finish): string {
  switch (finish) {
    case 'stop':
      return 'end_turn';
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
      return 'tool_use';
    case 'stop_sequence':
      return 'stop_sequence';
    case 'content_filter':
    case 'refusal':
      return 'refusal';
  }
  return finish;
}

/** Input as Anthropic counts it: what came from the cache and what was written to it stand apart. */
function inputUsage(usage: ReportedUsage): object {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
  };
}

function wholeUsage(usage: ReportedUsage, outputTokens: number): object {
  return {
    ...inputUsage(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWriteTokens - usage.cacheWriteHourTokens,
      ephemeral_1h_input_tokens: usage.cacheWriteHourTokens,
    },
    output_tokens: outputTokens,
    service_tier: 'standard',
    inference_geo: 'not_available',
  };
}

function event(
  data: { readonly type: string; readonly [field: string]: unknown },
  part: Frame['part'],
  tokens = 0,
): Frame {
  return { bytes: `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`, tokens, part };
}

function* frames(
  request: MessagesRequest,
  choice: ScriptedChoice,
  chunkCount: number | undefined,
  context: RenderContext,
): Generator<Frame> {
  const isMissing = context.directives.usage === 'missing';
  const { usage } = context;
  const opening = isMissing ? {} : { usage: wholeUsage(usage, Math.min(1, usage.outputTokens)) };
  const started = {
    ...head(context),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    ...opening,
  };
  yield event({ type: 'message_start', message: started }, 'opening');
  let index = 0;
  for (const block of blocks(request, choice, chunkCount)) {
    yield event({ type: 'content_block_start', index, content_block: block.start }, 'opening');
    if (index === 0) yield { bytes: 'event: ping\ndata: {"type": "ping"}\n\n', tokens: 0, part: 'opening' };
    for (const { delta, tokens } of block.deltas) {
      yield event({ type: 'content_block_delta', index, delta }, 'content', tokens);
    }
    yield event({ type: 'content_block_stop', index }, 'closing');
    index += 1;
  }
  const total = { ...inputUsage(usage), output_tokens: usage.outputTokens };
  const details = { output_tokens_details: { thinking_tokens: usage.reasoningTokens } };
  const report = event(
    { type: 'message_delta', delta: ending(choice), ...(isMissing ? {} : { usage: { ...total, ...details } }) },
    'usage',
  );
  yield report;
  if (context.directives.usage === 'repeated') yield report;
  yield event({ type: 'message_stop' }, 'terminator');
}

interface Delta {
  readonly delta: object;
  readonly tokens: number;
}

interface StreamedBlock {
  readonly start: object;
  readonly deltas: Iterable<Delta>;
}

function* blocks(
  request: MessagesRequest,
  choice: ScriptedChoice,
  chunkCount: number | undefined,
): Generator<StreamedBlock> {
  if (choice.reasoning.length > 0) {
    yield { start: { type: 'thinking', thinking: '', signature: '' }, deltas: thoughtDeltas(request, choice) };
  }
  if (choice.text.length > 0) {
    yield { start: { type: 'text', text: '' }, deltas: textDeltas(choice, chunkCount) };
  }
  for (const call of choice.calls) {
    yield { start: { ...callHead(call), input: {} }, deltas: argumentDeltas(call) };
  }
}

function* thoughtDeltas(request: MessagesRequest, choice: ScriptedChoice): Generator<Delta> {
  const isHidden = isOmitted(request);
  for (const piece of piecesOf(choice.reasoning)) {
    if (!isHidden) yield { delta: { type: 'thinking_delta', thinking: piece.text }, tokens: piece.to - piece.from };
  }
  const signature = signThought(joinTokens(choice.reasoning));
  yield { delta: { type: 'signature_delta', signature }, tokens: isHidden ? choice.reasoning.length : 0 };
}

function* textDeltas(choice: ScriptedChoice, chunkCount: number | undefined): Generator<Delta> {
  for (const piece of piecesOf(choice.text, chunkCount)) {
    yield { delta: { type: 'text_delta', text: piece.text }, tokens: piece.to - piece.from };
  }
}

function* argumentDeltas(call: ScriptedCall): Generator<Delta> {
  yield { delta: { type: 'input_json_delta', partial_json: '' }, tokens: tokensPerCall };
  for (const piece of piecesOf(call.arguments)) {
    yield { delta: { type: 'input_json_delta', partial_json: piece.text }, tokens: piece.to - piece.from };
  }
}
