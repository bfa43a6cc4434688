import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

/** Readers of a provider's JSON: what is missing or of an odd type is absent, and nothing throws. */

const emptyObject: JsonObject = {};
const emptyArray: readonly Json[] = [];

export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : emptyObject;
}

export function arrayOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : emptyArray;
}

/** The objects of an array; other entries are left out. */
export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return arrayOf(value).filter(isJsonObject);
}

/** Deeper than any answer on record; writing JSON recurses, and a bomb of a provider's must not overflow the stack. */
const maxDepth = 512;

/** Parses a provider's JSON; undefined for what is none, and for what is nested deeper than 512 levels. */
export function tryParseJson(text: string): Json | undefined {
  if (text.length > maxDepth && isTooDeep(text)) {
    return undefined;
  }
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x7b:
      case 0x5b:
        depth++;
        if (depth > maxDepth) {
          return true;
        }
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      default:
        break;
    }
  }
  return false;
}

/** Offset of the quote that ends the string which begins at an offset. */
function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at !== -1 && isEscaped(text, at)) {
    at = text.indexOf('"', at + 1);
  }
  return at === -1 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) {
    backslashes++;
  }
  return backslashes % 2 === 1;
}

type OptionalKeys<Shape> = { [Key in keyof Shape]: undefined extends Shape[Key] ? Key : never }[keyof Shape];

/** A shape whose possibly undefined members are absent instead. */
export type Compact<Shape> = { [Key in Exclude<keyof Shape, OptionalKeys<Shape>>]: Shape[Key] } & {
  [Key in OptionalKeys<Shape>]?: Exclude<Shape[Key], undefined>;
};

/** The object without the members that are undefined, so that they are absent in JSON and in comparisons. */
export function compact<Shape extends object>(shape: Shape): Compact<Shape>;
export function compact(shape: object): object {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
}

/**
 * A token count of a usage report: absent counts are 0, and what is no whole number is NaN, so that the report as a
 * whole is recognised as nonsense.
 */
export function countOf(value: Json | undefined): number {
  if (value === undefined || value === null) {
    return 0;
  }
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : Number.NaN;
}
