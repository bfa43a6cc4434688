import { GatewayError } from '@turnpike/core/errors';
import type { Json } from '@turnpike/core/json';

/** Deeper than any body of the management API; a body that is deeper is hostile. */
const maxDepth = 32;

/** Strings, brackets and the colon that makes a string a name: everything that decides about names and depth. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/**
 * Reads a JSON body, and refuses what parsers disagree about: a name that stands twice in an object, and the name
 * `__proto__`. Throws GatewayError `invalid_request`.
 */
export function parseStrictJson(text: string): Json {
  const value = parse(text);
  refuseAmbiguity(text);
  return value;
}

function parse(text: string): Json {
  try {
    // JSON.parse gives nothing but Json.
    return JSON.parse(text) satisfies Json;
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body must be valid JSON.', { cause });
  }
}

/** One pass over text that JSON.parse has accepted, so that brackets match and strings end. */
function refuseAmbiguity(text: string): void {
  const names: Set<string>[] = [];
  let lastString = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      names.push(new Set());
      if (names.length > maxDepth) {
        throw new GatewayError('invalid_request', `The body may be nested ${maxDepth} levels deep.`);
      }
    } else if (token === '}' || token === ']') {
      names.pop();
    } else if (token === ':') {
      refuseName(lastString, names.at(-1));
    } else {
      lastString = token;
    }
  }
}

function refuseName(token: string, known: Set<string> | undefined): void {
  const name = String(JSON.parse(token));
  if (name === '__proto__') {
    throw new GatewayError('invalid_request', 'The body may not have a field `__proto__`.', { param: name });
  }
  if (known?.has(name) === true) {
    throw new GatewayError('invalid_request', 'The body has the same field twice.', { param: name.slice(0, 64) });
  }
  known?.add(name);
}
