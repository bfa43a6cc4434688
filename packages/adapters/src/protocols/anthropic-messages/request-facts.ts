import type { JsonObject } from '@turnpike/core/json';

import { cleanEndUser } from '../../end-user.ts';
import { InputBound } from '../../input-bound.ts';
import type { RequestFacts } from '../../protocol.ts';
import { searchesOfTool } from '../../search-bound.ts';
import { parseStrict } from '../../strict.ts';
import {
  messagesRequest,
  type MessagesRequest,
  type WireBlock,
  type WireResultBlock,
  type WireSource,
} from './wire.ts';

interface MediaNeeds {
  images: boolean;
  documents: boolean;
}

/** What admission and routing must know of a messages request. Throws GatewayError `invalid_request`. */
export function readRequestFacts(body: JsonObject): RequestFacts {
  const request = parseStrict(messagesRequest, body);
  const bound = new InputBound();
  const media: MediaNeeds = { images: false, documents: false };
  bound.addMessages(request.messages.length + 1);
  for (const { content } of request.messages) {
    if (typeof content !== 'string') {
      addBlocks(content, bound, media);
    }
  }
  const hasSchema =
    request.output_config?.format?.type === 'json_schema' || request.output_format?.type === 'json_schema';
  if (hasSchema) {
    bound.addSchema();
  }
  return {
    model: request.model,
    isStream: request.stream === true,
    wantsUsage: true,
    maxOutputTokens: request.max_tokens,
    choiceCount: 1,
    searchesBound: countSearches(request),
    endUser: cleanEndUser(request.metadata?.user_id),
    needs: { tools: addTools(request, bound) > 0, jsonSchema: hasSchema, audio: false, ...media },
    mediaCharacters: bound.mediaCharacters,
    hiddenTokens: bound.hiddenTokens,
  };
}

function addTools(request: MessagesRequest, bound: InputBound): number {
  const tools = request.tools ?? [];
  bound.addTools(tools.length);
  for (const tool of tools) {
    if (tool.type === 'server') {
      bound.addServerTool();
    }
  }
  if ('mcp_servers' in request) {
    bound.addServerTool();
  }
  return tools.length;
}

function countSearches(request: MessagesRequest): number {
  return (request.tools ?? []).reduce(
    (sum, tool) => sum + (tool.type === 'server' ? searchesOfTool(tool.definition) : 0),
    0,
  );
}

function addBlocks(blocks: readonly (WireBlock | WireResultBlock)[], bound: InputBound, media: MediaNeeds): void {
  bound.addMessages(blocks.length);
  for (const block of blocks) {
    switch (block.type) {
      case 'image':
        media.images = true;
        bound.addImage(base64Of(block.source), false);
        break;
      case 'document':
        media.documents = true;
        addDocument(block.source, bound);
        break;
      case 'tool_result':
        if (typeof block.content !== 'string') {
          addBlocks(block.content ?? [], bound, media);
        }
        break;
      case 'unknown':
        // Results of server tools are told as text, within the body's bytes; a file's content is not in the body.
        if ('file_id' in block.block) {
          bound.addDocument(undefined);
        }
        break;
      case 'text':
      case 'thinking':
      case 'redacted_thinking':
      case 'tool_use':
        break;
    }
  }
}

function base64Of(source: WireSource): string | undefined {
  return source.type === 'base64' ? (source.data ?? undefined) : undefined;
}

/** A document of plain text is in the body as what it is; any other is read page by page. */
function addDocument(source: WireSource, bound: InputBound): void {
  if (source.type !== 'text' && source.type !== 'content') {
    bound.addDocument(base64Of(source));
  }
}
