import type {
  InferenceRequest,
  ReasoningRequest,
  ResponseFormat,
  Tool,
  ToolChoice,
} from '@turnpike/core/inference/request';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { cacheMember, readCacheMark } from '../../cache-mark.ts';
import { cleanEndUser } from '../../end-user.ts';
import { compact } from '../../loose.ts';
import { parseStrict } from '../../strict.ts';
import { outputLimitOf } from './output-limit.ts';
import { parseMessages } from './parse-messages.ts';
import { chatRequest, gatewayFields, type ChatRequest } from './wire.ts';

const knownFields: ReadonlySet<string> = new Set([...Object.keys(chatRequest.shape), ...gatewayFields]);

/** A client's body in canonical form. Throws GatewayError `invalid_request`. */
export function parseRequest(body: JsonObject): InferenceRequest {
  const request = parseStrict(chatRequest, body);
  return compact({
    protocol: 'openai-chat' as const,
    model: request.model,
    messages: parseMessages(request.messages),
    tools: parseTools(request),
    toolChoice: parseToolChoice(request),
    allowsParallelToolCalls: request.parallel_tool_calls ?? undefined,
    maxOutputTokens: outputLimitOf(body),
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    topK: request.top_k ?? undefined,
    frequencyPenalty: request.frequency_penalty ?? undefined,
    presencePenalty: request.presence_penalty ?? undefined,
    stop: typeof request.stop === 'string' ? [request.stop] : (request.stop ?? undefined),
    seed: request.seed ?? undefined,
    choiceCount: request.n ?? undefined,
    wantsLogprobs: request.logprobs ?? undefined,
    topLogprobs: request.top_logprobs ?? undefined,
    logitBias: request.logit_bias ?? undefined,
    responseFormat: parseResponseFormat(request.response_format),
    reasoning: parseReasoning(request),
    serviceTier: request.service_tier ?? undefined,
    cache: readCacheMark(request.cache_control),
    endUser: cleanEndUser(request.user),
    metadata: request.metadata ?? undefined,
    isStream: request.stream === true,
    wantsUsage: request.stream_options?.include_usage === true || request.usage?.include === true,
    extensions: Object.fromEntries(Object.entries(body).filter(([field]) => !knownFields.has(field))),
  });
}

function parseTools(request: ChatRequest): readonly Tool[] | undefined {
  const functions = (request.functions ?? []).map((definition) => parseFunction(definition, undefined));
  const tools = (request.tools ?? []).map((tool): Tool =>
    tool.type === 'function'
      ? parseFunction(tool.function, tool['cache_control'] ?? tool.function['cache_control'])
      : { type: 'native', protocol: 'openai-chat', definition: tool.definition },
  );
  return functions.length + tools.length === 0 ? undefined : [...functions, ...tools];
}

type FunctionDefinition = NonNullable<ChatRequest['functions']>[number];

function parseFunction(definition: FunctionDefinition, cache: unknown): Tool {
  return {
    type: 'function',
    name: definition.name,
    ...compact({
      description: definition.description ?? undefined,
      parameters: definition.parameters ?? undefined,
      isStrict: definition.strict ?? undefined,
    }),
    ...cacheMember(cache),
  };
}

function parseToolChoice(request: ChatRequest): ToolChoice | undefined {
  const choice = request.tool_choice ?? request.function_call;
  if (choice === null || choice === undefined) {
    return undefined;
  }
  if (typeof choice === 'string') {
    return choice === 'none' || choice === 'auto' ? { type: choice } : { type: 'required' };
  }
  const inner = 'function' in choice && isJsonObject(choice.function) ? choice.function : choice;
  const custom = 'custom' in choice && isJsonObject(choice.custom) ? choice.custom : inner;
  const name = custom['name'];
  return typeof name === 'string' ? { type: 'tool', name } : undefined;
}

function parseResponseFormat(format: ChatRequest['response_format']): ResponseFormat | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case 'json_schema':
      return {
        type: 'json-schema',
        name: format.json_schema?.name ?? 'response',
        schema: format.json_schema?.schema ?? {},
        ...compact({
          description: format.json_schema?.description ?? undefined,
          isStrict: format.json_schema?.strict ?? undefined,
        }),
      };
    case 'json_object':
      return { type: 'json-object' };
    default:
      return { type: 'text' };
  }
}

function parseReasoning(request: ChatRequest): ReasoningRequest | undefined {
  const { reasoning } = request;
  const parsed = compact({
    isEnabled: reasoning?.enabled ?? undefined,
    effort: reasoning?.effort ?? request.reasoning_effort ?? undefined,
    budgetTokens: reasoning?.max_tokens ?? undefined,
    isHidden: reasoning?.exclude ?? undefined,
  });
  return Object.keys(parsed).length === 0 ? undefined : parsed;
}
