import type { MediaSource } from '@turnpike/core/inference/request';

/** A URL as a source: `data:` URLs are taken apart, because vendors want media type and data apart. */
export function sourceOfUrl(url: string): MediaSource {
  const match = /^data:([^;,]*)((?:;[^;,]*)*?);base64,/.exec(url);
  return match === null
    ? { type: 'url', url }
    : { type: 'base64', mediaType: match[1] || 'application/octet-stream', data: url.slice(match[0].length) };
}

/** A source as a URL; undefined for a file that only its vendor can resolve. */
export function urlOfSource(source: MediaSource): string | undefined {
  switch (source.type) {
    case 'url':
      return source.url;
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`;
    case 'file':
      return undefined;
  }
}
