import type { Json, JsonObject } from '@turnpike/core/json';

/**
 * Searches of a call that sets no limit of its own: a provider's loop over its own tools ends after ten rounds
 * (https://platform.claude.com/docs/en/agents-and-tools/tool-use/server-tools), and a chat completion with
 * `web_search_options` searches once before it answers (https://platform.openai.com/docs/guides/tools-web-search).
 */
export const unlimitedSearches = 10;

/** More than ten rounds can hold; without it a made-up `max_uses` would ask for a hold that no ledger can write. */
const mostSearches = 1_000;

/** `web_search_20250305`, `openrouter:web_search`, `browser_search`; not `tool_search`, `file_search` or `web_fetch`. */
const searchType = /(?:web|browser)_?search/;

/** The most searches that a tool of the provider's own may run in one call; 0 for a tool that does not search the web. */
export function searchesOfTool(definition: JsonObject): number {
  const type = definition['type'];
  return typeof type === 'string' && searchType.test(type) ? limitOf(definition['max_uses']) : 0;
}

function limitOf(maxUses: Json | undefined): number {
  return typeof maxUses === 'number' && Number.isSafeInteger(maxUses) && maxUses >= 0
    ? Math.min(maxUses, mostSearches)
    : unlimitedSearches;
}
