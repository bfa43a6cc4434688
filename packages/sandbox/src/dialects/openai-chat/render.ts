import type { Frame } from '../../answer.ts';
import type { Rendering, RenderContext } from '../../chat-endpoint.ts';
import { digestOf, mix, numberFrom } from '../../digest.ts';
import { piecesOf, tokensPerCall } from '../../script.ts';
import type { Finish, Piece, Script, ScriptedCall, ScriptedChoice } from '../../script.ts';
import { joinTokens } from '../../tokens.ts';
import type { Tokens } from '../../tokens.ts';
import type { ReportedUsage } from '../../usage.ts';
import { openaiId } from '../../vendors/openai.ts';
import type { ChatRequest } from './wire.ts';

/** Renders a script as `chat.completion` or as its chunks. */
export function renderChat(request: ChatRequest, script: Script, context: RenderContext): Rendering {
  const isMissing = context.directives.usage === 'missing';
  const includesUsage = request.stream_options?.include_usage === true && !isMissing;
  return {
    whole: () => JSON.stringify(completion(request, script, context), null, 2),
    frames: () => frames(request, script, context, includesUsage),
    reportsUsage: request.stream === true ? includesUsage : !isMissing,
  };
}

function head(request: ChatRequest, context: RenderContext, object: string): object {
  return {
    id: openaiId('chatcmpl-', context.requestId),
    object,
    created: context.created,
    model: context.model,
    service_tier:
      request.service_tier === 'flex' || request.service_tier === 'priority' ? request.service_tier : 'default',
    system_fingerprint: `fp_${digestOf(context.model).slice(0, 10)}`,
  };
}

function completion(request: ChatRequest, script: Script, context: RenderContext): object {
  return {
    ...head(request, context, 'chat.completion'),
    choices: script.choices.map((choice, index) => ({
      index,
      message: message(choice, context),
      logprobs: request.logprobs === true ? logprobs(request, choice.text, 0, choice.text.length) : null,
      finish_reason: finishReason(choice.finish),
    })),
    ...(context.directives.usage === 'missing' ? {} : { usage: usageObject(context.usage) }),
  };
}

function message(choice: ScriptedChoice, { directives }: RenderContext): object {
  const text = joinTokens(choice.text);
  const field = directives['reasoning-field'];
  return {
    role: 'assistant',
    content: choice.finish === 'refusal' || (text === '' && choice.calls.length > 0) ? null : text,
    ...(field === undefined || choice.reasoning.length === 0 ? {} : { [field]: joinTokens(choice.reasoning) }),
    ...(choice.calls.length === 0 ? {} : { tool_calls: choice.calls.map(toolCall) }),
    refusal: choice.finish === 'refusal' ? text : null,
    annotations: [],
  };
}

function toolCall(call: ScriptedCall): object {
  return {
    id: `call_${call.id}`,
    type: 'function',
    function: { name: call.name, arguments: joinTokens(call.arguments) },
  };
}

function finishReason(finish: Finish): string {
  if (finish === 'stop_sequence' || finish === 'refusal') return 'stop';
  return finish;
}

/** Usage as OpenAI reports it: the prompt counts what came from the cache. */
function usageObject(usage: ReportedUsage): object {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens,
      ...(usage.cacheWriteTokens > 0 ? { cache_write_tokens: usage.cacheWriteTokens } : {}),
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function* frames(
  request: ChatRequest,
  script: Script,
  context: RenderContext,
  includesUsage: boolean,
): Generator<Frame> {
  const start = `data: ${JSON.stringify(head(request, context, 'chat.completion.chunk')).slice(0, -1)},"choices":`;
  const plainEnd = includesUsage ? ',"usage":null}\n\n' : '}\n\n';
  const isGrowing = context.directives.usage === 'growing';
  let done = 0;
  const chunk = (index: number, delta: object, tokens: number, part: Frame['part'], extra: object = {}): Frame => {
    done += tokens;
    const choice = JSON.stringify([{ index, delta, logprobs: null, finish_reason: null, ...extra }]);
    const usage = isGrowing
      ? { ...context.usage, outputTokens: Math.min(done, context.usage.outputTokens) }
      : undefined;
    const end = usage === undefined ? plainEnd : `,"usage":${JSON.stringify(usageObject(usage))}}\n\n`;
    return { bytes: `${start}${choice}${end}`, tokens, part };
  };

  let live = script.choices.map((choice, index) =>
    choiceFrames(request, choice, index, script.chunkCount, context, chunk),
  );
  while (live.length > 0) {
    const unfinished = [];
    for (const stream of live) {
      const next = stream.next();
      if (next.done === true) continue;
      yield next.value;
      unfinished.push(stream);
    }
    live = unfinished;
  }
  for (const [index, choice] of script.choices.entries()) {
    yield chunk(index, {}, 0, 'closing', { finish_reason: finishReason(choice.finish) });
  }
  if (includesUsage) {
    const report: Frame = {
      bytes: `${start}[],"usage":${JSON.stringify(usageObject(context.usage))}}\n\n`,
      tokens: 0,
      part: 'usage',
    };
    yield report;
    if (context.directives.usage === 'repeated') yield report;
  }
  yield { bytes: 'data: [DONE]\n\n', tokens: 0, part: 'terminator' };
}

type ChunkMaker = (index: number, delta: object, tokens: number, part: Frame['part'], extra?: object) => Frame;

function* choiceFrames(
  request: ChatRequest,
  choice: ScriptedChoice,
  index: number,
  chunkCount: number | undefined,
  { directives }: RenderContext,
  chunk: ChunkMaker,
): Generator<Frame> {
  const hasText = choice.text.length > 0 || choice.calls.length === 0;
  const isRefusal = choice.finish === 'refusal';
  yield chunk(index, { role: 'assistant', content: hasText && !isRefusal ? '' : null, refusal: null }, 0, 'opening');
  const field = directives['reasoning-field'];
  /** Reasoning that is not shown still takes its time and its tokens: the first visible chunk carries them. */
  let hidden = field === undefined ? choice.reasoning.length : 0;
  const content = (delta: object, tokens: number, extra?: object) => {
    const frame = chunk(index, delta, tokens + hidden, 'content', extra);
    hidden = 0;
    return frame;
  };
  if (field !== undefined) {
    for (const piece of piecesOf(choice.reasoning)) yield content({ [field]: piece.text }, piece.to - piece.from);
  }
  for (const piece of piecesOf(choice.text, chunkCount)) {
    const extra = request.logprobs === true ? { logprobs: pieceLogprobs(request, choice.text, piece) } : undefined;
    yield content({ [isRefusal ? 'refusal' : 'content']: piece.text }, piece.to - piece.from, extra);
  }
  for (const [at, call] of choice.calls.entries()) {
    const opening = {
      index: at,
      id: `call_${call.id}`,
      type: 'function',
      function: { name: call.name, arguments: '' },
    };
    yield content({ tool_calls: [opening] }, tokensPerCall);
    for (const piece of piecesOf(call.arguments)) {
      yield content({ tool_calls: [{ index: at, function: { arguments: piece.text } }] }, piece.to - piece.from);
    }
  }
}

function pieceLogprobs(request: ChatRequest, text: Tokens, piece: Piece): object {
  return logprobs(request, text, piece.from, piece.to);
}

/** Log probabilities that follow from the token: plausible, sorted, and the chosen token first. */
function logprobs(request: ChatRequest, text: Tokens, from: number, to: number): object {
  const top = request.top_logprobs ?? 0;
  const content = [];
  for (let index = from; index < to; index += 1) {
    const token = text.at(index) ?? '';
    const seed = numberFrom(digestOf(token, index));
    const entry = (chosen: string, logprob: number) => ({ token: chosen, logprob, bytes: [...Buffer.from(chosen)] });
    const own = -(mix(seed, 0) % 10_000) / 20_000;
    const others = Array.from({ length: Math.max(0, top - 1) }, (_, rank) =>
      entry(` ${token.trim()}${'s'.repeat(rank + 1)}`, own - (rank + 1) * 1.25),
    );
    content.push({ ...entry(token, own), top_logprobs: top > 0 ? [entry(token, own), ...others] : [] });
  }
  return { content, refusal: null };
}
