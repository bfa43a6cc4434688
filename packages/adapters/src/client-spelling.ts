import type { InferenceRequest, ProtocolName } from '@turnpike/core/inference/request';

type Field = keyof InferenceRequest;

const chatSpelling: Partial<Record<Field, string>> = {
  tools: 'tools',
  toolChoice: 'tool_choice',
  allowsParallelToolCalls: 'parallel_tool_calls',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  stop: 'stop',
  seed: 'seed',
  choiceCount: 'n',
  wantsLogprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  logitBias: 'logit_bias',
  responseFormat: 'response_format',
  reasoning: 'reasoning_effort',
  serviceTier: 'service_tier',
  endUser: 'user',
  metadata: 'metadata',
};

const messagesSpelling: Partial<Record<Field, string>> = {
  ...chatSpelling,
  allowsParallelToolCalls: 'disable_parallel_tool_use',
  stop: 'stop_sequences',
  responseFormat: 'output_config',
  reasoning: 'thinking',
  endUser: 'metadata',
};

const spellings: Readonly<Record<ProtocolName, Partial<Record<Field, string>>>> = {
  'openai-chat': chatSpelling,
  'anthropic-messages': messagesSpelling,
  'openai-embeddings': chatSpelling,
};

const fields: readonly Field[] = [
  'tools',
  'toolChoice',
  'allowsParallelToolCalls',
  'temperature',
  'topP',
  'topK',
  'frequencyPenalty',
  'presencePenalty',
  'stop',
  'seed',
  'choiceCount',
  'wantsLogprobs',
  'topLogprobs',
  'logitBias',
  'responseFormat',
  'reasoning',
  'serviceTier',
  'endUser',
];

/** A canonical field as the client calls it, for telling them that it was dropped. */
export function clientSpelling(protocol: ProtocolName, field: Field): string {
  return spellings[protocol][field] ?? field;
}

/** A target's field as the client calls it; the target's own name where the two have no common idea of it. */
export function spellForClient(client: ProtocolName, target: ProtocolName, name: string): string {
  const field = fields.find((candidate) => spellings[target][candidate] === name);
  return field === undefined ? name : clientSpelling(client, field);
}
