import type {
  InferenceRequest,
  Message,
  ReasoningRequest,
  ResponseFormat,
  Tool,
  ToolChoice,
} from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import { cacheMember, readCacheMark } from '../../cache-mark.ts';
import { cleanEndUser } from '../../end-user.ts';
import { compact } from '../../loose.ts';
import { parseStrict } from '../../strict.ts';
import { parseMessages } from './parse-messages.ts';
import { gatewayFields, messagesRequest, type MessagesRequest, type WireTool } from './wire.ts';

const knownFields: ReadonlySet<string> = new Set([...Object.keys(messagesRequest.shape), ...gatewayFields]);

/** A client's body in canonical form. Throws GatewayError `invalid_request`. */
export function parseRequest(body: JsonObject): InferenceRequest {
  const request = parseStrict(messagesRequest, body);
  const tools = (request.tools ?? []).map(parseTool);
  return compact({
    protocol: 'anthropic-messages' as const,
    model: request.model,
    messages: [...parseSystem(request.system), ...parseMessages(request.messages)],
    tools: tools.length === 0 ? undefined : tools,
    toolChoice: parseToolChoice(request.tool_choice),
    allowsParallelToolCalls: request.tool_choice?.disable_parallel_tool_use === true ? false : undefined,
    maxOutputTokens: request.max_tokens,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    topK: request.top_k ?? undefined,
    stop: request.stop_sequences ?? undefined,
    responseFormat: parseResponseFormat(request),
    reasoning: parseReasoning(request),
    serviceTier: request.service_tier ?? undefined,
    cache: readCacheMark(request.cache_control),
    endUser: cleanEndUser(request.metadata?.user_id),
    isStream: request.stream === true,
    wantsUsage: true,
    extensions: Object.fromEntries(Object.entries(body).filter(([field]) => !knownFields.has(field))),
  });
}

function parseSystem(system: MessagesRequest['system']): readonly Message[] {
  const blocks = typeof system === 'string' ? [{ type: 'text' as const, text: system }] : (system ?? []);
  const content = blocks
    .filter((block) => block.text !== '')
    .map((block) => ({
      type: 'text' as const,
      text: block.text,
      ...cacheMember('cache_control' in block ? block['cache_control'] : undefined),
    }));
  return content.length === 0 ? [] : [{ role: 'system', content }];
}

function parseTool(tool: WireTool): Tool {
  return tool.type === 'server'
    ? { type: 'native', protocol: 'anthropic-messages', definition: tool.definition }
    : {
        type: 'function',
        name: tool.name,
        parameters: tool.input_schema,
        ...compact({ description: tool.description ?? undefined, isStrict: tool.strict ?? undefined }),
        ...cacheMember(tool['cache_control']),
      };
}

function parseToolChoice(choice: MessagesRequest['tool_choice']): ToolChoice | undefined {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case 'any':
      return { type: 'required' };
    case 'none':
      return { type: 'none' };
    case 'tool':
      return typeof choice.name === 'string' ? { type: 'tool', name: choice.name } : { type: 'required' };
    default:
      return { type: 'auto' };
  }
}

function parseResponseFormat(request: MessagesRequest): ResponseFormat | undefined {
  const format = request.output_config?.format ?? request.output_format;
  return format?.type === 'json_schema'
    ? { type: 'json-schema', name: 'response', schema: format.schema ?? {}, isStrict: true }
    : undefined;
}

function parseReasoning(request: MessagesRequest): ReasoningRequest | undefined {
  const { thinking } = request;
  const reasoning = compact({
    isEnabled: thinking === null || thinking === undefined ? undefined : thinking.type !== 'disabled',
    effort: request.output_config?.effort ?? undefined,
    budgetTokens: thinking?.budget_tokens ?? undefined,
    isHidden: thinking?.display === 'omitted' ? true : undefined,
  });
  return Object.keys(reasoning).length === 0 ? undefined : reasoning;
}
