import type { JsonObject } from '@turnpike/core/json';

import { cleanEndUser } from '../../end-user.ts';
import { dataOfUrl, InputBound } from '../../input-bound.ts';
import type { RequestFacts } from '../../protocol.ts';
import { searchesOfTool, unlimitedSearches } from '../../search-bound.ts';
import { parseStrict } from '../../strict.ts';
import { outputLimitOf } from './output-limit.ts';
import { chatRequest, type ChatContent, type ChatRequest } from './wire.ts';

interface MediaNeeds {
  images: boolean;
  audio: boolean;
  documents: boolean;
}

/** What admission and routing must know of a chat request. Throws GatewayError `invalid_request`. */
export function readRequestFacts(body: JsonObject): RequestFacts {
  const request = parseStrict(chatRequest, body);
  const bound = new InputBound();
  const media: MediaNeeds = { images: false, audio: false, documents: false };
  bound.addMessages(request.messages.length);
  for (const message of request.messages) {
    addContent(message.content, bound, media);
    if (message.role === 'assistant') {
      bound.addMessages(message.tool_calls?.length ?? 0);
    }
  }
  const hasSchema = request.response_format !== null && request.response_format !== undefined;
  if (hasSchema) {
    bound.addSchema();
  }
  const functionCount = addTools(request, bound);
  return {
    model: request.model,
    isStream: request.stream === true,
    wantsUsage: request.stream_options?.include_usage === true || request.usage?.include === true,
    maxOutputTokens: outputLimitOf(body),
    choiceCount: request.n ?? 1,
    searchesBound: countSearches(request),
    endUser: cleanEndUser(request.user),
    needs: { tools: functionCount > 0, jsonSchema: request.response_format?.type === 'json_schema', ...media },
    mediaCharacters: bound.mediaCharacters,
    hiddenTokens: bound.hiddenTokens,
  };
}

function addTools(request: ChatRequest, bound: InputBound): number {
  const tools = request.tools ?? [];
  let functionCount = request.functions?.length ?? 0;
  for (const tool of tools) {
    if (tool.type === 'function' || tool.definition.type === 'custom') {
      functionCount++;
    } else {
      bound.addServerTool();
    }
  }
  if (hasSearchOptions(request)) {
    bound.addServerTool();
  }
  bound.addTools(functionCount);
  return functionCount;
}

function hasSearchOptions(request: ChatRequest): boolean {
  const options = request['web_search_options'];
  return options !== undefined && options !== null;
}

function countSearches(request: ChatRequest): number {
  return (request.tools ?? []).reduce(
    (sum, tool) => sum + (tool.type === 'function' ? 0 : searchesOfTool(tool.definition)),
    hasSearchOptions(request) ? unlimitedSearches : 0,
  );
}

function addContent(content: ChatContent | null | undefined, bound: InputBound, media: MediaNeeds): void {
  if (typeof content === 'string' || content === null || content === undefined) {
    return;
  }
  for (const part of content) {
    switch (part.type) {
      case 'image_url':
        media.images = true;
        bound.addImage(dataOfUrl(part.image_url.url), part.image_url.detail === 'low');
        break;
      case 'input_audio':
        media.audio = true;
        bound.addAudio(part.input_audio.data);
        break;
      case 'file':
        media.documents = true;
        bound.addDocument(fileData(part.file.file_data));
        break;
      case 'unknown':
        // What it is we cannot know, so it is held as the dearest thing that a part can be.
        bound.addDocument(undefined);
        break;
      case 'text':
      case 'refusal':
        break;
    }
  }
}

function fileData(data: string | null | undefined): string | undefined {
  return data === null || data === undefined
    ? undefined
    : (dataOfUrl(data) ?? (data.startsWith('http') ? undefined : data));
}
