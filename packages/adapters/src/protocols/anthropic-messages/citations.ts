import type { Citation } from '@turnpike/core/inference/stream';
import type { JsonObject } from '@turnpike/core/json';

import { compact, stringOf } from '../../loose.ts';

/** A citation of a text block; its block's place in the whole text is where the cited words stand. */
export function parseCitation(citation: JsonObject, startIndex: number, endIndex: number): Citation {
  return compact({
    url: stringOf(citation['url']),
    title: stringOf(citation['title']) ?? stringOf(citation['document_title']),
    text: stringOf(citation['cited_text']),
    startIndex,
    endIndex,
    native: { protocol: 'anthropic-messages' as const, citation },
  });
}

/**
 * The citations that a client of this protocol can get. One of another vendor's lacks the sealed index by which this
 * protocol checks its own when the conversation comes back, so that it would break the next turn.
 */
export function renderCitations(citations: readonly Citation[] | undefined): readonly JsonObject[] {
  return (citations ?? []).flatMap((citation) =>
    citation.native?.protocol === 'anthropic-messages' ? [citation.native.citation] : [],
  );
}
