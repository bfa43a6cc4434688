import { Refusal } from '../../refusal.ts';
import { dottedPath } from '../../wire-issue.ts';
import type { WireIssue } from '../../wire-issue.ts';
import { isOwnSignature } from './signature.ts';
import { blocksOf } from './wire.ts';
import type { Message, MessageBlock, MessagesRequest } from './wire.ts';

const typeSentences: Readonly<Record<string, string>> = {
  string: 'Input should be a valid string',
  number: 'Input should be a valid number',
  int: 'Input should be a valid integer',
  boolean: 'Input should be a valid boolean',
  array: 'Input should be a valid list',
  object: 'Input should be an object',
};

/** What is wrong with a request body, in Anthropic's sentences. */
export function anthropicRefusal(issue: WireIssue): Refusal {
  const path = dottedPath(issue.path);
  return new Refusal('invalid_request', `${path}: ${sentence(issue, path)}`);
}

function sentence(issue: WireIssue, path: string): string {
  if (issue.kind === 'missing') return 'Field required';
  if (issue.kind === 'empty')
    return path === 'messages' ? 'at least one message is required' : 'Input should not be empty';
  if (issue.kind === 'value') return `Input should be ${issue.allowed.map((value) => `'${value}'`).join(' or ')}`;
  if (issue.kind === 'type') {
    return typeSentences[issue.expected.split(' or ')[0] ?? ''] ?? 'Input does not match the expected shape.';
  }
  if (path === 'temperature' || path === 'top_p') return 'range: 0..1';
  return `Input should be ${issue.kind === 'below' ? 'greater' : 'less'} than or equal to ${issue.limit}`;
}

function refuse(message: string): never {
  throw new Refusal('invalid_request', message);
}

/** The rules of the messages API that a schema cannot say. Throws a `Refusal` in its words. */
export function checkRules(request: MessagesRequest): void {
  checkThinking(request);
  checkCacheBreakpoints(request);
  checkTools(request);
  checkContents(request.messages);
  checkToolPairs(request.messages);
}

function checkThinking(request: MessagesRequest): void {
  const { thinking, tool_choice: choice, temperature } = request;
  checkSignatures(request.messages);
  if (thinking === undefined || thinking === null || thinking.type === 'disabled') return;
  if (thinking.type === 'enabled') {
    if (thinking.budget_tokens === undefined) refuse('thinking.enabled.budget_tokens: Field required');
    if ((thinking.budget_tokens ?? 0) >= request.max_tokens) {
      refuse('`max_tokens` must be greater than `thinking.budget_tokens`.');
    }
    checkOpeningThought(request.messages);
  }
  if (temperature !== undefined && temperature !== null && temperature !== 1) {
    refuse('`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (choice?.type === 'any' || choice?.type === 'tool') {
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

/** With thinking on, the assistant's turn that awaits tool results must open with the thought that led to the call. */
function checkOpeningThought(messages: readonly Message[]): void {
  const last = messages.at(-1);
  if (last === undefined || !blocksOf(last.content).some((block) => block.type === 'tool_result')) return;
  const index = messages.findLastIndex((message) => message.role === 'assistant');
  const [first] = blocksOf(messages[index]?.content ?? []);
  if (first === undefined || first.type === 'thinking' || first.type === 'redacted_thinking') return;
  refuse(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
  );
}

/** A thought comes back byte for byte or not at all. */
function checkSignatures(messages: readonly Message[]): void {
  for (const [index, message] of messages.entries()) {
    for (const [at, block] of blocksOf(message.content).entries()) {
      if (block.type !== 'thinking' || isOwnSignature(block.thinking ?? '', block.signature ?? '')) continue;
      refuse(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`);
    }
  }
}

function checkCacheBreakpoints(request: MessagesRequest): void {
  const system = typeof request.system === 'string' ? [] : (request.system ?? []);
  const blocks = request.messages.flatMap((message) => blocksOf(message.content));
  const marked = [...(request.tools ?? []), ...system, ...blocks].filter((block) => Boolean(block.cache_control));
  const count = marked.length + (request.cache_control ? 1 : 0);
  if (count > 4) refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${count}.`);
}

function checkTools({ tools, tool_choice: choice }: MessagesRequest): void {
  const names = (tools ?? []).map((tool) => tool.name ?? '');
  for (const [index, tool] of (tools ?? []).entries()) {
    const isCustom = tool.type === undefined || tool.type === null || tool.type === 'custom';
    if (!isCustom) continue;
    if (tool.input_schema === undefined) refuse(`tools.${index}.custom.input_schema: Field required`);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(tool.name ?? '')) {
      refuse(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
  }
  if (new Set(names).size < names.length) refuse('tools: Tool names must be unique.');
  if (choice && names.length === 0 && choice.type !== 'none') {
    refuse('tool_choice may only be specified while providing tools.');
  }
  if (choice?.type === 'tool' && !names.includes(choice.name ?? '')) {
    refuse(`Tool '${choice.name ?? ''}' not found in provided tools`);
  }
}

function checkContents(messages: readonly Message[]): void {
  if (messages[0]?.role === 'assistant') refuse('messages: first message must use the "user" role');
  for (const [index, message] of messages.entries()) {
    const isFinalAssistant = index === messages.length - 1 && message.role === 'assistant';
    if (message.content.length === 0 && !isFinalAssistant) {
      refuse(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    if (typeof message.content === 'string') continue;
    for (const block of message.content) {
      if (block.type === 'text' && block.text === '') refuse('messages: text content blocks must be non-empty');
    }
  }
}

/** Calls are answered in the very next message, before anything else in it; no result comes without its call. */
function checkToolPairs(messages: readonly Message[]): void {
  const turns = mergedTurns(messages);
  for (const [at, { index, role, blocks }] of turns.entries()) {
    const previous = turns[at - 1];
    const called = new Set(previous?.role === 'assistant' ? idsOfCalls(previous.blocks) : []);
    for (const [place, block] of blocks.entries()) {
      if (block.type === 'tool_result' && !called.has(block.tool_use_id ?? '')) {
        refuse(
          `messages.${index}.content.${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id ?? ''}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        );
      }
    }
    if (role !== 'assistant') continue;
    const answered = new Set(leadingResults(turns[at + 1]?.blocks ?? []));
    const open = idsOfCalls(blocks).filter((id) => !answered.has(id));
    if (open.length > 0) {
      refuse(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
}

interface Turn {
  readonly index: number;
  readonly role: Message['role'];
  readonly blocks: readonly MessageBlock[];
}

/** Neighbouring messages of one role count as one turn. */
function mergedTurns(messages: readonly Message[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const last = turns.at(-1);
    const blocks = blocksOf(message.content);
    if (last?.role === message.role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] };
    else turns.push({ index, role: message.role, blocks });
  }
  return turns;
}

function idsOfCalls(blocks: readonly MessageBlock[]): readonly string[] {
  return blocks.flatMap((block) => (block.type === 'tool_use' ? [block.id ?? ''] : []));
}

function leadingResults(blocks: readonly MessageBlock[]): readonly string[] {
  const end = blocks.findIndex((block) => block.type !== 'tool_result');
  return blocks.slice(0, end < 0 ? blocks.length : end).map((block) => block.tool_use_id ?? '');
}
