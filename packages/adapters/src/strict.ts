import { GatewayError } from '@turnpike/core/errors';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';
import { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** One wrong field: where it is, the whole sentence about it, and what type would have been right (for alternatives). */
interface Finding {
  readonly path: readonly PropertyKey[];
  readonly sentence: string;
  readonly wanted: string;
}

/** A whole number from 1 to 2^31 - 1: how many tokens may be written. */
export const tokenLimit = z.int().min(1).max(2_147_483_647);

/** Any object; it is passed on as it is. */
export const jsonObject = z.custom<JsonObject>(isJsonObject, { error: 'must be an object.' });

/** An object with a `type` that is none of those that we know, passed on as it is. */
export function typedObject(knownTypes: ReadonlySet<string>): z.ZodCustom<JsonObject, JsonObject> {
  return z.custom<JsonObject>(
    (value) => isJsonObject(value) && typeof value['type'] === 'string' && !knownTypes.has(value['type']),
    { error: 'must be an object with a `type`.' },
  );
}

/**
 * Checks a client's body against a schema and returns it typed. Throws GatewayError `invalid_request` whose `param`
 * is the path of the first wrong field (`messages[0].role`) and whose message says what belongs there.
 */
export function parseStrict<Schema extends z.ZodType>(schema: Schema, body: JsonObject): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) {
    return result.data;
  }
  const { path, sentence } = findWrongField(result.error.issues, []);
  const param = path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${String(key)}`),
    '',
  );
  throw param === ''
    ? new GatewayError('invalid_request', `The body ${sentence}`)
    : new GatewayError('invalid_request', `\`${param.slice(0, 128)}\` ${sentence}`, { param: param.slice(0, 128) });
}

/** The first problem is enough for a caller; of several alternatives the one that fits furthest is what they meant. */
function findWrongField(issues: readonly Issue[], prefix: readonly PropertyKey[]): Finding {
  const [issue] = issues;
  if (issue === undefined) {
    return { path: prefix, sentence: 'is not valid.', wanted: '' };
  }
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) {
    return { path, sentence: sentenceFor(issue), wanted: wantedType(issue) };
  }
  const branches = issue.errors.map((branch) => findWrongField(branch, path));
  const depth = Math.max(...branches.map((branch) => branch.path.length));
  const [nearest, ...others] = branches.filter((branch) => branch.path.length === depth);
  if (nearest === undefined || others.length === 0) {
    return nearest ?? { path, sentence: 'is not valid.', wanted: '' };
  }
  const wanted = [...new Set([nearest, ...others].map((branch) => branch.wanted))]
    .filter((type) => type !== '')
    .join(' or ');
  return { path: nearest.path, sentence: wanted === '' ? nearest.sentence : `must be ${wanted}.`, wanted };
}

function sentenceFor(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      // Zod keeps the input out of its issues, so that only its message tells a missing field from a wrong one.
      return issue.message.endsWith('received undefined')
        ? `is missing: send ${wantedType(issue)}.`
        : `must be ${wantedType(issue)}.`;
    case 'invalid_value':
      return `must be ${listValues(issue.values)}.`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${listValues(issue.options)}.`
        : 'is not one that this endpoint knows.';
    case 'too_small':
      return isNumeric(issue.origin) ? `must be at least ${issue.minimum}.` : 'must not be empty.';
    case 'too_big':
      return isNumeric(issue.origin)
        ? `must be at most ${issue.maximum}.`
        : `must have at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}.`;
    case 'custom':
      return issue.message;
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'is not valid.';
  }
}

function isNumeric(origin: string): boolean {
  return origin === 'number' || origin === 'int' || origin === 'bigint';
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

function wantedType(issue: Issue): string {
  if (issue.code === 'invalid_value') {
    return listValues(issue.values);
  }
  return issue.code === 'invalid_type' ? (typeWords[issue.expected] ?? issue.expected) : '';
}

function listValues(values: readonly unknown[]): string {
  const words = values.map(String);
  return words.length === 1 ? `"${words[0] ?? ''}"` : `one of ${words.join(', ')}`;
}
