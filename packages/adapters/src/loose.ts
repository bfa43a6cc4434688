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

/** Parses JSON; undefined for what is none. */
export function tryParseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
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
