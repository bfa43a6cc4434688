import { promptBlock, tokensPerDocument, tokensPerImage, tokensPerMessage } from '../../ask.ts';
import type { Ask, PromptBlock, ToolChoice } from '../../ask.ts';
import { digestOf } from '../../digest.ts';
import { isJsonObject } from '../../json.ts';
import { firstIssue } from '../../wire-issue.ts';
import { anthropicRefusal, checkRules } from './rules.ts';
import { blocksOf, messagesRequest } from './wire.ts';
import type { MessageBlock, MessagesRequest } from './wire.ts';

/** Tokens of a thought by effort; where the caller gives a budget it thinks no longer than `high`. */
const effortTokens: Readonly<Record<string, number>> = { low: 32, medium: 96, high: 160, xhigh: 256, max: 320 };

/** Reads and checks a body as Anthropic does. Throws a `Refusal` in its words. */
export function readMessagesRequest(body: unknown): MessagesRequest {
  const parsed = messagesRequest.safeParse(body);
  if (!parsed.success) throw anthropicRefusal(firstIssue(parsed.error.issues, body));
  checkRules(parsed.data);
  return parsed.data;
}

/** The neutral form of a request. */
export function askOf(request: MessagesRequest, model: string): Ask {
  const { messages } = request;
  const users = messages.filter((message) => message.role === 'user');
  const spoken = users.findLast((message) => textOf(blocksOf(message.content)) !== '');
  const last = blocksOf(messages.at(-1)?.content ?? []);
  const schema = (request.output_config?.format ?? request.output_format)?.schema;
  return {
    model,
    isStream: request.stream === true,
    prompt: promptOf(request),
    lastUserText: textOf(blocksOf(spoken?.content ?? [])),
    endsWithToolResult: last.some((block) => block.type === 'tool_result') && textOf(last) === '',
    tools: (request.tools ?? []).flatMap((tool) =>
      tool.name === undefined || tool.input_schema === undefined
        ? []
        : [{ name: tool.name, schema: tool.input_schema }],
    ),
    toolChoice: choiceOf(request),
    mayCallInParallel: request.tool_choice?.disable_parallel_tool_use !== true,
    format: schema === undefined ? { kind: 'text' } : { kind: 'json', schema },
    maxTokens: request.max_tokens,
    stopSequences: request.stop_sequences ?? [],
    choices: 1,
    reasoningTokens: thoughtTokens(request),
  };
}

function thoughtTokens({ thinking, output_config: config }: MessagesRequest): number {
  if (thinking?.type === 'enabled') return Math.min(thinking.budget_tokens ?? 0, 160);
  if (thinking?.type === 'adaptive') return effortTokens[config?.effort ?? 'high'] ?? 160;
  return 0;
}

function choiceOf({ tool_choice: choice }: MessagesRequest): ToolChoice {
  if (choice?.type === 'tool') return { name: choice.name ?? '' };
  return choice?.type ?? 'auto';
}

function promptOf(request: MessagesRequest): readonly PromptBlock[] {
  const tools = (request.tools ?? []).map((tool) => {
    const { cache_control: control, ...rest } = tool;
    return promptBlock(JSON.stringify(rest), 0, cacheFor(control));
  });
  const system = typeof request.system === 'string' ? [{ type: 'text', text: request.system }] : (request.system ?? []);
  const blocks = [...tools, ...system.map((block) => promptBlockOf('system', block))];
  for (const message of request.messages) {
    for (const block of blocksOf(message.content)) blocks.push(promptBlockOf(message.role, block));
  }
  const last = blocks.at(-1);
  const control = cacheFor(request.cache_control);
  if (last !== undefined && control !== undefined) blocks[blocks.length - 1] = { ...last, cacheFor: control };
  return blocks;
}

function cacheFor(control: MessageBlock['cache_control']): '5m' | '1h' | undefined {
  return control === undefined || control === null ? undefined : (control.ttl ?? '5m');
}

function promptBlockOf(role: string, block: MessageBlock): PromptBlock {
  const { text, media } = read(block);
  return promptBlock(`${role}/${block.type}: ${text}`, tokensPerMessage + media, cacheFor(block.cache_control));
}

/** What a block says and the tokens of the media in it; results of tools may hold media too. */
function read(block: Readonly<Record<string, unknown>>): { readonly text: string; readonly media: number } {
  const { type, text, content } = block;
  if (type === 'image') return { text: mediaName(block), media: tokensPerImage };
  if (type === 'document') return { text: mediaName(block), media: tokensPerDocument };
  if (typeof text === 'string') return { text, media: 0 };
  if (typeof content === 'string') return { text: content, media: 0 };
  if (Array.isArray(content)) {
    const parts = content.filter(isJsonObject).map(read);
    return { text: parts.map((part) => part.text).join('\n'), media: parts.reduce((sum, part) => sum + part.media, 0) };
  }
  const { cache_control: _control, ...rest } = block;
  return { text: JSON.stringify(rest), media: 0 };
}

/** Tells one image from another without counting its bytes as text. */
function mediaName({ source }: Readonly<Record<string, unknown>>): string {
  if (!isJsonObject(source)) return 'media';
  const name = source['url'] ?? source['file_id'] ?? source['data'] ?? source['media_type'];
  return typeof name === 'string' ? digestOf(name) : 'media';
}

function textOf(blocks: readonly MessageBlock[]): string {
  return blocks.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
}
