import { isJsonObject } from './json.ts';
import type { JsonValue } from './json.ts';
import { mix } from './digest.ts';
import { textMatching } from './pattern-text.ts';

/** Below this depth optional properties are left out and recursion takes its shortest way to an end. */
const depthForOptional = 5;
/** A schema that forces deeper nesting than this is taken to be endless. */
const maxDepth = 24;
/** A schema comes from a stranger: three required properties that refer to the whole would be 3^24 values. */
const maxValues = 20_000;

const words = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'haven',
  'inlet',
  'jasper',
  'kelp',
  'linen',
];

interface Site {
  readonly root: unknown;
  readonly depth: number;
  readonly seed: number;
  /** The property's name: a string called "city" reads better than one called "string". */
  readonly name: string;
  /** How many more values may be made; shared by the whole build. */
  readonly budget: { left: number };
}

/**
 * A JSON value that satisfies a JSON Schema, the same for the same seed. Covers what vendors accept for tools and
 * structured output: types, enum, const, properties, items, combinators, local $ref, bounds, pattern and format.
 * A schema that nothing satisfies, or that only an endless value would, gets the nearest value instead of an error.
 */
export function valueForSchema(schema: unknown, seed: number): JsonValue {
  return build(schema, { root: schema, depth: 0, seed, name: 'value', budget: { left: maxValues } });
}

function build(schema: unknown, site: Site): JsonValue {
  if (schema === true || !isJsonObject(schema)) return word(site);
  site.budget.left -= 1;
  if (site.depth > maxDepth || site.budget.left < 0) return null;
  if ('const' in schema) return toJson(schema['const']);
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) {
    const options: readonly unknown[] = schema['enum'];
    return toJson(options[site.seed % options.length]);
  }
  if (typeof schema['$ref'] === 'string') return build(resolve(schema['$ref'], site.root), deeper(site, site.name));
  const merged = withCombinators(schema, site);
  if (merged !== schema) return build(merged, deeper(site, site.name));
  switch (typeOf(schema, site)) {
    case 'object':
      return objectFor(schema, site);
    case 'array':
      return arrayFor(schema, site);
    case 'integer':
    case 'number':
      return numberFor(schema, site);
    case 'boolean':
      return site.seed % 2 === 0;
    case 'null':
      return null;
    default:
      return stringFor(schema, site);
  }
}

function deeper(site: Site, name: string): Site {
  let salt = 0;
  for (let index = 0; index < name.length; index += 1) salt = (salt * 31 + name.charCodeAt(index)) >>> 0;
  return { root: site.root, budget: site.budget, depth: site.depth + 1, seed: mix(site.seed, salt), name };
}

/** Resolves `allOf`, `anyOf` and `oneOf` into one plain schema; returns the schema itself where there are none. */
function withCombinators(schema: Readonly<Record<string, unknown>>, site: Site): unknown {
  const { allOf, anyOf, oneOf, ...rest } = schema;
  if (Array.isArray(allOf) && allOf.length > 0) {
    return allOf.reduce<unknown>((whole, part) => merge(whole, deref(part, site.root)), {
      ...rest,
      ...own({ anyOf, oneOf }),
    });
  }
  const options: readonly unknown[] = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
  if (options.length === 0) return schema;
  return merge(rest, deref(chooseOption(options, site), site.root));
}

/** Prefers an option that holds something; deep inside a recursive schema, one that ends the recursion. */
function chooseOption(options: readonly unknown[], site: Site): unknown {
  const isPlain = (option: unknown) => {
    const target = deref(option, site.root);
    if (!isJsonObject(target)) return true;
    return !('properties' in target) && !('items' in target) && !('anyOf' in target) && !('$ref' in target);
  };
  const isNull = (option: unknown) => isJsonObject(option) && option['type'] === 'null';
  if (site.depth >= depthForOptional) return options.find(isNull) ?? options.find(isPlain) ?? options[0];
  return options.find((option) => !isNull(option)) ?? options[0];
}

function merge(left: unknown, right: unknown): unknown {
  if (!isJsonObject(left)) return right;
  if (!isJsonObject(right)) return left;
  const whole: Record<string, unknown> = { ...left, ...right };
  if (isJsonObject(left['properties']) && isJsonObject(right['properties'])) {
    const properties: Record<string, unknown> = { ...left['properties'] };
    for (const [name, schema] of Object.entries(right['properties'])) {
      properties[name] = name in properties ? { allOf: [properties[name], schema] } : schema;
    }
    whole['properties'] = properties;
  }
  if (Array.isArray(left['required']) && Array.isArray(right['required'])) {
    whole['required'] = [...left['required'], ...right['required']];
  }
  return whole;
}

function own(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function deref(schema: unknown, root: unknown): unknown {
  let target = schema;
  for (let hops = 0; hops < maxDepth && isJsonObject(target) && typeof target['$ref'] === 'string'; hops += 1) {
    const { $ref, ...rest } = target;
    target = merge(rest, resolve(typeof $ref === 'string' ? $ref : '', root));
  }
  return target;
}

/** Follows `#`, `#/$defs/x` and `#/definitions/x`. A reference to elsewhere allows anything. */
function resolve(reference: string, root: unknown): unknown {
  if (!reference.startsWith('#')) return true;
  let target = root;
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(target)) target = target[Number(name)];
    else if (isJsonObject(target)) target = target[name];
    else return true;
  }
  return target ?? true;
}

function typeOf(schema: Readonly<Record<string, unknown>>, site: Site): string {
  const { type } = schema;
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const named = type.filter((one): one is string => typeof one === 'string');
    if (site.depth >= depthForOptional && named.includes('null')) return 'null';
    return named.find((one) => one !== 'null') ?? 'null';
  }
  if ('properties' in schema || 'required' in schema || 'minProperties' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema) return 'number';
  return 'string';
}

function objectFor(schema: Readonly<Record<string, unknown>>, site: Site): JsonValue {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const value: Record<string, JsonValue> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (property === false) continue;
    if (site.depth >= depthForOptional && !required.includes(name)) continue;
    define(value, name, build(property, deeper(site, name)));
  }
  const extra = schema['additionalProperties'] === false ? true : (schema['additionalProperties'] ?? true);
  for (const name of required) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) define(value, name, build(extra, deeper(site, name)));
  }
  const atLeast = numeric(schema['minProperties']) ?? 0;
  for (let index = 1; Object.keys(value).length < atLeast && index <= 1000; index += 1) {
    const name = `key_${index}`;
    if (!Object.hasOwn(value, name)) define(value, name, build(extra, deeper(site, name)));
  }
  return value;
}

/** `__proto__` is a property like any other in JSON, so plain assignment would lose it. */
function define(target: Record<string, JsonValue>, name: string, value: JsonValue): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function arrayFor(schema: Readonly<Record<string, unknown>>, site: Site): JsonValue {
  const fixed: readonly unknown[] = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  const least = numeric(schema['minItems']) ?? 0;
  const most = numeric(schema['maxItems']) ?? Number.MAX_SAFE_INTEGER;
  const usual = site.depth >= depthForOptional ? 0 : Math.max(fixed.length, schema['items'] === false ? 0 : 1);
  const length = Math.min(Math.max(least, usual), most, 10_000);
  const items: JsonValue[] = [];
  const seen = new Set<string>();
  for (let index = 0; items.length < length && index < length * 8 && site.budget.left > 0; index += 1) {
    const item = build(fixed[items.length] ?? schema['items'], deeper(site, `${site.name}_${index}`));
    const text = JSON.stringify(item);
    if (schema['uniqueItems'] === true && seen.has(text)) continue;
    seen.add(text);
    items.push(item);
  }
  return items;
}

function numberFor(schema: Readonly<Record<string, unknown>>, site: Site): number {
  const isInteger =
    schema['type'] === 'integer' || (Array.isArray(schema['type']) && !schema['type'].includes('number'));
  const step = numeric(schema['multipleOf']) ?? (isInteger ? 1 : 0.5);
  const above = numeric(schema['exclusiveMinimum']);
  const below = numeric(schema['exclusiveMaximum']);
  const low = Math.max(numeric(schema['minimum']) ?? -Infinity, above ?? -Infinity);
  const high = Math.min(numeric(schema['maximum']) ?? Infinity, below ?? Infinity);
  const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high - step * 10 : 0;
  const first = Math.ceil(from / step) + (above !== undefined && Math.ceil(from / step) * step <= above ? 1 : 0);
  const room = Number.isFinite(high) ? Math.floor(high / step) - first - (below === undefined ? 0 : 1) : 100;
  if (room < 0) return low === -Infinity ? high : high === Infinity ? low : (low + high) / 2;
  const value = (first + (site.seed % (Math.min(room, 100) + 1))) * step;
  return Number(value.toPrecision(12));
}

function stringFor(schema: Readonly<Record<string, unknown>>, site: Site): string {
  const { pattern, format } = schema;
  if (typeof pattern === 'string') {
    const text = textMatching(pattern, site.seed, numeric(schema['minLength']) ?? 0);
    if (text !== undefined) return text;
  }
  const text = (typeof format === 'string' ? formatted(format, site.seed) : undefined) ?? word(site);
  const least = numeric(schema['minLength']) ?? 0;
  const most = numeric(schema['maxLength']) ?? Number.MAX_SAFE_INTEGER;
  const long = text.length < least ? text.padEnd(Math.min(least, 1_000_000), ` ${text}`) : text;
  return long.slice(0, Math.max(0, most));
}

function formatted(format: string, seed: number): string | undefined {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `2026-${two(1 + (seed % 12))}-${two(1 + (seed % 28))}`;
  const time = `${two(seed % 24)}:${two(seed % 60)}:00Z`;
  const hex = (length: number) =>
    (mix(seed, length).toString(16) + mix(seed, length + 1).toString(16)).padEnd(16, '0').slice(0, length);
  switch (format) {
    case 'date':
      return date;
    case 'time':
      return time;
    case 'date-time':
      return `${date}T${time}`;
    case 'duration':
      return `PT${1 + (seed % 59)}M`;
    case 'email':
    case 'idn-email':
      return `${words[seed % words.length] ?? 'amber'}@example.com`;
    case 'hostname':
      return 'sandbox.example.com';
    case 'ipv4':
      return `192.0.2.${1 + (seed % 254)}`;
    case 'ipv6':
      return `2001:db8::${hex(4)}`;
    case 'uri':
    case 'url':
    case 'iri':
      return `https://example.com/${words[seed % words.length] ?? 'amber'}`;
    case 'uri-reference':
      return `/${words[seed % words.length] ?? 'amber'}`;
    case 'uuid':
      return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
    case 'byte':
      return Buffer.from(words[seed % words.length] ?? 'amber').toString('base64');
    default:
      return undefined;
  }
}

function word(site: Site): string {
  return `${site.name.replaceAll('_', ' ')} ${words[site.seed % words.length] ?? 'amber'}`.trim();
}

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toJson(one)]));
  return null;
}
