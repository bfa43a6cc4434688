import type { InferenceRequest, ResponseFormat, Tool } from '@turnpike/core/inference/request';
import type { JsonObject } from '@turnpike/core/json';

import { renderCacheMark } from '../../cache-mark.ts';
import { clientSpelling } from '../../client-spelling.ts';
import { compact } from '../../loose.ts';
import type { RenderedRequest, RenderTarget } from '../../protocol.ts';
import { traitsOf, type ModelTraits } from './model-traits.ts';
import { renderMessages } from './render-messages.ts';
import { renderReasoning } from './render-reasoning.ts';
import { fitSchema } from './schema.ts';

/** The protocol requires a limit; this one every model of it accepts. */
const defaultMaxTokens = 4_096;
/** "The maximum number of strict tools supported is 20", says the vendor's own error. */
const maxStrictTools = 20;
/** The tool whose arguments are the answer, for models that know no schemas. */
const jsonToolName = 'json_response';
const jsonInstruction = 'Answer with a single valid JSON object and nothing else.';

/** Fields that this protocol has no word for. */
const foreignFields = [
  'frequencyPenalty',
  'presencePenalty',
  'seed',
  'wantsLogprobs',
  'topLogprobs',
  'logitBias',
  'metadata',
] as const satisfies readonly (keyof InferenceRequest)[];

/** A canonical request as a messages call. */
export function renderRequest(request: InferenceRequest, target: RenderTarget): RenderedRequest {
  const traits = traitsOf(target.upstreamModel);
  const isOwn = request.protocol === 'anthropic-messages';
  const dropped = new Set<string>();
  const drop = (field: keyof InferenceRequest): void => {
    dropped.add(clientSpelling(request.protocol, field));
  };
  for (const field of foreignFields) {
    const value = request[field];
    if (value !== undefined && value !== false) {
      drop(field);
    }
  }
  if ((request.choiceCount ?? 1) > 1) {
    drop('choiceCount');
  }
  if (!isOwn) {
    for (const field of Object.keys(request.extensions)) {
      dropped.add(field);
    }
  }
  const limits = [
    request.maxOutputTokens ?? target.maxOutputTokens ?? target.outputLimit ?? defaultMaxTokens,
    target.outputLimit,
  ];
  const maxTokens = Math.min(...limits.filter((limit) => limit !== undefined));
  const { system, messages, hasDroppedParts } = renderMessages(request.messages);
  if (hasDroppedParts) {
    drop('messages');
  }
  const reasoning = renderReasoning(request, traits, maxTokens);
  if (reasoning.isDropped) {
    drop('reasoning');
  }
  const strictCount = (request.tools ?? []).filter((tool) => tool.type === 'function' && tool.isStrict === true).length;
  const keepsStrict = traits.takesSchema && strictCount <= maxStrictTools;
  const tools = (request.tools ?? []).flatMap((tool) => renderTool(tool, keepsStrict, () => drop('tools')));
  const schema = renderSchema(request, traits, reasoning.thinking?.['type'] === 'enabled');
  const pastTools = tools.length === 0 ? toolsOfHistory(request) : [];
  const allTools = [...tools, ...pastTools, ...(schema.tool === undefined ? [] : [schema.tool])];
  const config = compact({ effort: reasoning.effort, format: schema.format });
  const body = compact({
    model: target.upstreamModel,
    max_tokens: maxTokens,
    system: renderSystem(system, schema.instruction),
    messages,
    stream: request.isStream ? true : undefined,
    ...renderSampling(
      request,
      traits,
      reasoning.thinking !== undefined && reasoning.thinking['type'] !== 'disabled',
      drop,
    ),
    stop_sequences: renderStop(request.stop),
    tools: allTools.length === 0 ? undefined : allTools,
    tool_choice: renderToolChoice(request, schema.tool !== undefined, tools.length, pastTools.length),
    thinking: reasoning.thinking,
    output_config: Object.keys(config).length === 0 ? undefined : config,
    metadata: request.endUser === undefined ? undefined : { user_id: request.endUser },
    service_tier: renderServiceTier(request, drop),
    ...renderCacheMark(request.cache),
  });
  return {
    body: isOwn ? { ...request.extensions, ...body } : body,
    droppedParams: [...dropped],
    hints: schema.tool === undefined ? {} : { jsonToolName },
  };
}

function renderTool(tool: Tool, keepsStrict: boolean, drop: () => void): readonly JsonObject[] {
  if (tool.type === 'native') {
    if (tool.protocol === 'anthropic-messages') {
      return [tool.definition];
    }
    drop();
    return [];
  }
  // A strict tool is held to the vendor's schema dialect; without the promise any schema is taken.
  const isStrict = tool.isStrict === true && keepsStrict;
  const schema = objectSchema(tool.parameters);
  return [
    compact({
      name: tool.name,
      description: tool.description,
      input_schema: isStrict ? fitSchema(schema) : schema,
      strict: isStrict ? true : undefined,
      ...renderCacheMark(tool.cache),
    }),
  ];
}

/** Arguments are an object here, whatever the schema forgot to say. */
function objectSchema(parameters: JsonObject | undefined): JsonObject {
  return parameters?.['type'] === 'object' ? parameters : { ...parameters, type: 'object' };
}

interface RenderedSchema {
  readonly format?: JsonObject;
  readonly tool?: JsonObject;
  readonly instruction?: string;
}

/**
 * A wanted schema: natively where the model knows it, else by a tool that it must call (or, where a call cannot be
 * forced, by an instruction). JSON without a schema is always an instruction: an open tool schema invites `{}`.
 */
function renderSchema(request: InferenceRequest, traits: ModelTraits, isThinking: boolean): RenderedSchema {
  const format: ResponseFormat | undefined = request.responseFormat;
  switch (format?.type) {
    case undefined:
    case 'text':
      return {};
    case 'json-object':
      return { instruction: jsonInstruction };
    case 'json-schema': {
      if (traits.takesSchema) {
        return { format: { type: 'json_schema', schema: fitSchema(format.schema) } };
      }
      const mayForce = !isThinking && (request.tools ?? []).length === 0;
      return mayForce
        ? {
            tool: {
              name: jsonToolName,
              description: format.description ?? 'Gives the answer. Call this tool once, with the whole answer.',
              input_schema: objectSchema(format.schema),
            },
          }
        : { instruction: `${jsonInstruction} It must fit this JSON schema: ${JSON.stringify(format.schema)}` };
    }
  }
}

/** Added at the tail, so that the prefix of the conversation stays what it was. */
function renderSystem(
  system: readonly JsonObject[],
  instruction: string | undefined,
): readonly JsonObject[] | undefined {
  const blocks = instruction === undefined ? system : [...system, { type: 'text', text: instruction }];
  return blocks.length === 0 ? undefined : blocks;
}

function renderSampling(
  request: InferenceRequest,
  traits: ModelTraits,
  isThinking: boolean,
  drop: (field: keyof InferenceRequest) => void,
): JsonObject {
  const { temperature, topP, topK } = request;
  const mayTemper = traits.takesSampling && !isThinking;
  if (temperature !== undefined && (!mayTemper || temperature > 1) && temperature !== 1) {
    drop('temperature');
  }
  if (topK !== undefined && !mayTemper) {
    drop('topK');
  }
  // Newer models refuse both together; temperature is the one that people turn.
  const keepsTopP = topP !== undefined && mayTemper && temperature === undefined;
  if (topP !== undefined && !keepsTopP) {
    drop('topP');
  }
  return compact({
    temperature: mayTemper && temperature !== undefined ? Math.min(temperature, 1) : undefined,
    top_p: keepsTopP ? topP : undefined,
    top_k: mayTemper ? topK : undefined,
  });
}

/** Sequences of white space alone are refused. */
function renderStop(stop: readonly string[] | undefined): readonly string[] | undefined {
  const sequences = (stop ?? []).filter((sequence) => sequence.trim() !== '');
  return sequences.length === 0 ? undefined : sequences;
}

/** A history with calls needs their tools defined, even where the caller offers none any more. */
function toolsOfHistory(request: InferenceRequest): readonly JsonObject[] {
  const names = new Set<string>();
  for (const message of request.messages) {
    for (const part of message.role === 'assistant' ? message.content : []) {
      if (part.type === 'tool-call') {
        names.add(part.name);
      }
    }
  }
  return [...names].map((name) => ({ name, input_schema: { type: 'object' } }));
}

function renderToolChoice(
  request: InferenceRequest,
  forcesJson: boolean,
  toolCount: number,
  pastToolCount: number,
): JsonObject | undefined {
  if (forcesJson) {
    return { type: 'tool', name: jsonToolName, disable_parallel_tool_use: true };
  }
  if (toolCount === 0) {
    return pastToolCount === 0 ? undefined : { type: 'none' };
  }
  const parallel = request.allowsParallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  switch (request.toolChoice?.type) {
    case undefined:
      return request.allowsParallelToolCalls === false ? { type: 'auto', ...parallel } : undefined;
    case 'auto':
      return { type: 'auto', ...parallel };
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...parallel };
    case 'tool':
      return { type: 'tool', name: request.toolChoice.name, ...parallel };
  }
}

function renderServiceTier(
  request: InferenceRequest,
  drop: (field: keyof InferenceRequest) => void,
): string | undefined {
  switch (request.serviceTier) {
    case undefined:
    case 'auto':
    case 'standard_only':
      return request.serviceTier;
    case 'default':
      return 'standard_only';
    default:
      drop('serviceTier');
      return undefined;
  }
}
