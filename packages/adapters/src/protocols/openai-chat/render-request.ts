import type { ContentPart, InferenceRequest, ResponseFormat, Tool, ToolChoice } from '@turnpike/core/inference/request';
import type { Json, JsonObject } from '@turnpike/core/json';

import { renderCacheMark } from '../../cache-mark.ts';
import { clientSpelling } from '../../client-spelling.ts';
import { compact } from '../../loose.ts';
import type { RenderedRequest, RenderTarget } from '../../protocol.ts';
import { renderEffort } from './reasoning.ts';
import { renderMessages } from './render-messages.ts';

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const maxStopSequences = 4;

/** A canonical request as a chat completion. */
export function renderRequest(request: InferenceRequest, target: RenderTarget): RenderedRequest {
  const isOwn = request.protocol === 'openai-chat';
  const dropped = new Set<string>();
  const stop = request.stop?.slice(0, maxStopSequences);
  if ((request.stop?.length ?? 0) > maxStopSequences) {
    dropped.add(clientSpelling(request.protocol, 'stop'));
  }
  const tools = (request.tools ?? []).flatMap((tool) => renderTool(tool, request, target, dropped));
  if (request.messages.some((message) => message.role !== 'assistant' && message.content.some(isUnknownHere))) {
    dropped.add(clientSpelling(request.protocol, 'messages'));
  }
  const limits = [request.maxOutputTokens, target.outputLimit].filter((limit) => limit !== undefined);
  if (!isOwn) {
    for (const field of Object.keys(request.extensions)) {
      dropped.add(field);
    }
    if (request.topK !== undefined) {
      dropped.add(clientSpelling(request.protocol, 'topK'));
    }
  }
  const body = compact({
    model: target.upstreamModel,
    messages: renderMessages(request.messages, target),
    stream: request.isStream ? true : undefined,
    // We meter by what the provider reports, and it reports in a stream only when it is asked.
    stream_options: request.isStream ? { include_usage: true } : undefined,
    max_tokens: limits.length === 0 ? undefined : Math.min(...limits),
    temperature: request.temperature,
    top_p: request.topP,
    top_k: isOwn ? request.topK : undefined,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    stop: stop === undefined || stop.length === 0 ? undefined : stop,
    seed: request.seed,
    n: request.choiceCount,
    logprobs: request.wantsLogprobs,
    top_logprobs: request.topLogprobs,
    logit_bias: request.logitBias,
    tools: tools.length === 0 ? undefined : tools,
    // Vendors refuse a choice among no tools.
    tool_choice: tools.length === 0 ? undefined : renderToolChoice(request.toolChoice),
    parallel_tool_calls: tools.length === 0 ? undefined : request.allowsParallelToolCalls,
    response_format: renderResponseFormat(request.responseFormat),
    reasoning_effort: renderEffort(request.reasoning),
    service_tier: renderServiceTier(request),
    user: request.endUser,
    metadata: isOwn ? request.metadata : undefined,
    ...(target.takesCacheMarks ? renderCacheMark(request.cache) : {}),
  });
  return { body: isOwn ? { ...request.extensions, ...body } : body, droppedParams: [...dropped], hints: {} };
}

function isUnknownHere(part: ContentPart): boolean {
  return part.type === 'native' && part.protocol !== 'openai-chat';
}

function renderTool(
  tool: Tool,
  request: InferenceRequest,
  target: RenderTarget,
  dropped: Set<string>,
): readonly JsonObject[] {
  if (tool.type === 'native') {
    if (tool.protocol === 'openai-chat') {
      return [tool.definition];
    }
    dropped.add(clientSpelling(request.protocol, 'tools'));
    return [];
  }
  const definition = compact({
    name: tool.name,
    description: tool.description,
    parameters: tool.parameters,
    strict: tool.isStrict,
  });
  return [{ type: 'function', function: definition, ...(target.takesCacheMarks ? renderCacheMark(tool.cache) : {}) }];
}

function renderToolChoice(choice: ToolChoice | undefined): Json | undefined {
  return choice?.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice?.type;
}

function renderResponseFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case 'text':
      return { type: 'text' };
    case 'json-object':
      return { type: 'json_object' };
    case 'json-schema':
      return {
        type: 'json_schema',
        json_schema: compact({
          name: format.name,
          description: format.description,
          schema: format.schema,
          strict: format.isStrict,
        }),
      };
  }
}

/** The other protocol's word for "nothing but the standard tier" is this one's default. */
function renderServiceTier(request: InferenceRequest): string | undefined {
  return request.serviceTier === 'standard_only' ? 'default' : request.serviceTier;
}
