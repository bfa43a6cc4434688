import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

/**
 * Constraints that the vendor's schema dialect refuses ("For 'integer' type, property 'minimum' is not supported").
 * https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations
 */
const unsupported: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]);

/** Keywords whose members are schemas by name. */
const schemaMaps: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
/** Keywords that hold data, which may look like a schema and is none. */
const dataKeywords: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

/**
 * A schema in the vendor's dialect: objects are closed, and constraints that it refuses move into the description,
 * where the model still reads them.
 */
export function fitSchema(schema: JsonObject): JsonObject {
  const fitted: Record<string, Json | undefined> = {};
  const notes: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined) {
      continue;
    }
    if (unsupported.has(keyword)) {
      notes.push(`${keyword}: ${JSON.stringify(value)}`);
    } else if (schemaMaps.has(keyword) && isJsonObject(value)) {
      fitted[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, isJsonObject(member) ? fitSchema(member) : member]),
      );
    } else {
      fitted[keyword] = dataKeywords.has(keyword) ? value : fitValue(value);
    }
  }
  if (schema['type'] === 'object' || schema['properties'] !== undefined) {
    fitted['additionalProperties'] = false;
  }
  if (notes.length > 0) {
    const described = typeof fitted['description'] === 'string' ? `${fitted['description']} ` : '';
    fitted['description'] = `${described}(${notes.join(', ')})`;
  }
  return fitted;
}

function fitValue(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(fitValue);
  }
  return isJsonObject(value) ? fitSchema(value) : value;
}
