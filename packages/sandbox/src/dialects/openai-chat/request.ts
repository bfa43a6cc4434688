import { promptBlock, tokensPerDocument, tokensPerImage, tokensPerMessage, tokensPerSmallImage } from '../../ask.ts';
import type { Ask, OfferedTool, PromptBlock, ToolChoice } from '../../ask.ts';
import { digestOf } from '../../digest.ts';
import { Refusal } from '../../refusal.ts';
import { firstIssue } from '../../wire-issue.ts';
import { openaiRefusal } from '../openai-issues.ts';
import { chatRequest } from './wire.ts';
import type { ChatMessage, ChatRequest } from './wire.ts';

const effortTokens = { none: 0, minimal: 16, low: 64, medium: 192, high: 512, xhigh: 1024, max: 2048 } as const;

/** Reads and checks a body as OpenAI does. Throws a `Refusal` in its words. */
export function readChatRequest(body: unknown, model: string): ChatRequest {
  const parsed = chatRequest.safeParse(body);
  if (!parsed.success) throw openaiRefusal(firstIssue(parsed.error.issues, body));
  checkRules(parsed.data, model);
  checkToolPairs(parsed.data.messages);
  return parsed.data;
}

/** The neutral form of a request. */
export function askOf(request: ChatRequest, model: string): Ask {
  const { messages } = request;
  const lastUser = messages.findLast((message) => message.role === 'user');
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  const stop = request.stop ?? [];
  return {
    model,
    isStream: request.stream === true,
    prompt: promptOf(request),
    lastUserText: lastUser === undefined ? '' : textOf(lastUser),
    endsWithToolResult: messages.at(-1)?.role === 'tool',
    tools: toolsOf(request),
    toolChoice: choiceOf(request),
    mayCallInParallel: request.parallel_tool_calls !== false,
    format: formatOf(request),
    ...(maxTokens === undefined || maxTokens === null ? {} : { maxTokens }),
    stopSequences: typeof stop === 'string' ? [stop] : stop,
    choices: request.n ?? 1,
    reasoningTokens: effortTokens[request.reasoning_effort ?? 'none'],
  };
}

function promptOf(request: ChatRequest): readonly PromptBlock[] {
  const tools = (request.tools ?? []).map((tool) => promptBlock(JSON.stringify(tool)));
  const format = request.response_format?.json_schema;
  const schema = format === undefined ? [] : [promptBlock(JSON.stringify(format))];
  return [...tools, ...schema, ...request.messages.map(blockOf)];
}

function blockOf(message: ChatMessage): PromptBlock {
  let media = 0;
  let names = '';
  if (typeof message.content === 'object') {
    for (const part of message.content ?? []) {
      if (part.image_url !== undefined) names += digestOf(part.image_url.url);
      if (part.type === 'image_url') media += part.image_url?.detail === 'low' ? tokensPerSmallImage : tokensPerImage;
      if (part.type === 'file' || part.type === 'input_audio') media += tokensPerDocument;
    }
  }
  const calls = message.tool_calls ?? [];
  const called = calls.map((call) => `${call.function?.name ?? ''}(${call.function?.arguments ?? ''})`).join('');
  return promptBlock(`${message.role}: ${textOf(message)}${called}${names}`, tokensPerMessage + media);
}

function textOf(message: ChatMessage): string {
  if (typeof message.content === 'string') return message.content;
  return (message.content ?? []).map((part) => part.text ?? '').join('');
}

function toolsOf(request: ChatRequest): readonly OfferedTool[] {
  return (request.tools ?? []).flatMap((tool) =>
    tool.function === undefined ? [] : [{ name: tool.function.name, schema: tool.function.parameters ?? {} }],
  );
}

function choiceOf({ tools, tool_choice: choice }: ChatRequest): ToolChoice {
  if (tools === undefined || tools === null || tools.length === 0) return 'auto';
  if (typeof choice === 'object' && choice !== null) return choice.function === undefined ? 'any' : choice.function;
  if (choice === 'none') return 'none';
  return choice === 'required' ? 'any' : 'auto';
}

function formatOf({ response_format: format }: ChatRequest): Ask['format'] {
  if (format?.type === 'json_schema') return { kind: 'json', schema: format.json_schema?.schema };
  if (format?.type === 'json_object') return { kind: 'json', schema: jsonObjectSchema };
  return { kind: 'text' };
}

/** What JSON mode answers, where the caller leaves the shape open. */
const jsonObjectSchema = {
  type: 'object',
  properties: { answer: { type: 'string' }, source: { const: 'sandbox' } },
  required: ['answer', 'source'],
};

/** Rules that a schema cannot say. */
function checkRules(request: ChatRequest, model: string): void {
  const format = request.response_format;
  if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(request.messages))) {
    throw new Refusal(
      'invalid_request',
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: 'messages' },
    );
  }
  if (format?.type === 'json_schema' && format.json_schema === undefined) {
    throw openaiRefusal({ path: ['response_format', 'json_schema'], found: undefined, kind: 'missing' });
  }
  if ((request.top_logprobs ?? 0) > 0 && request.logprobs !== true) {
    throw new Refusal('invalid_request', "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", {
      param: 'top_logprobs',
    });
  }
  if (request.stream_options && request.stream !== true) {
    throw new Refusal('invalid_request', "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    });
  }
  if (request.tool_choice && request.tool_choice !== 'none' && (request.tools ?? []).length === 0) {
    throw new Refusal('invalid_request', "'tool_choice' is only allowed when 'tools' are specified.", {
      param: 'tool_choice',
    });
  }
  if (model.includes('reasoner')) checkReasonerRules(request);
}

/** What OpenAI's reasoning models refuse; a sandbox model plays one when its name says so. */
function checkReasonerRules(request: ChatRequest): void {
  if (request.max_tokens !== undefined && request.max_tokens !== null) {
    throw new Refusal(
      'invalid_request',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { param: 'max_tokens', code: 'unsupported_parameter' },
    );
  }
  const { temperature } = request;
  if (temperature !== undefined && temperature !== null && temperature !== 1) {
    throw new Refusal(
      'invalid_request',
      `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`,
      { param: 'temperature', code: 'unsupported_value' },
    );
  }
}

/** Each call of an assistant must be answered by a tool message right after it, and no tool message may stand alone. */
function checkToolPairs(messages: readonly ChatMessage[]): void {
  let open: readonly string[] = [];
  let isAfterCalls = false;
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!isAfterCalls) {
        throw new Refusal(
          'invalid_request',
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          { param: `messages.[${index}].role` },
        );
      }
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    refuseOpenCalls(open, index);
    open = message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
    isAfterCalls = open.length > 0;
  }
  refuseOpenCalls(open, messages.length);
}

function refuseOpenCalls(open: readonly string[], index: number): void {
  if (open.length === 0) return;
  throw new Refusal(
    'invalid_request',
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`,
    { param: `messages.[${index}].role` },
  );
}
