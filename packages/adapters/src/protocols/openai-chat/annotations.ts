import type { Citation } from '@turnpike/core/inference/stream';
import type { Json, JsonObject } from '@turnpike/core/json';

import { compact, numberOf, objectOf, objectsOf, stringOf } from '../../loose.ts';

/** The sources of an answer, from `annotations`. */
export function readAnnotations(annotations: Json | undefined): readonly Citation[] {
  return objectsOf(annotations).map((annotation) => {
    const inner = objectOf(annotation['url_citation'] ?? annotation['file_citation']);
    return compact({
      url: stringOf(inner['url']),
      title: stringOf(inner['title']) ?? stringOf(inner['filename']),
      text: stringOf(inner['content']),
      startIndex: numberOf(inner['start_index']),
      endIndex: numberOf(inner['end_index']),
      native: { protocol: 'openai-chat' as const, citation: annotation },
    });
  });
}

/** A source as an entry of `annotations`: what is on the web as `url_citation`, what the caller sent as `file_citation`. */
export function renderAnnotation(citation: Citation): JsonObject {
  if (citation.native?.protocol === 'openai-chat') {
    return citation.native.citation;
  }
  const place = { content: citation.text, start_index: citation.startIndex, end_index: citation.endIndex };
  return citation.url === undefined
    ? { type: 'file_citation', file_citation: compact({ filename: citation.title, ...place }) }
    : { type: 'url_citation', url_citation: compact({ url: citation.url, title: citation.title, ...place }) };
}
