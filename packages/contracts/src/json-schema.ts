import type { JsonObject } from '@turnpike/core/json';

/** Another schema of the document, by its name. */
export const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** Words of JSON Schema that the hand-written part of the document is made of. */
export const text = { type: 'string' };
export const integer = { type: 'integer', minimum: 0 };
export const flag = { type: 'boolean' };

/** An array of these. */
export const listOf = (items: JsonObject): JsonObject => ({ type: 'array', items });

/** These, or null. */
export const nullable = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });

/** A schema with a sentence for readers. */
export const described = (schema: JsonObject, description: string): JsonObject => ({ ...schema, description });

/** An object. Extra fields stay allowed: what we do not know is passed on to a provider that speaks the same shape. */
export const shape = (properties: JsonObject, required: readonly string[], description?: string): JsonObject => ({
  type: 'object',
  properties,
  required,
  ...(description === undefined ? {} : { description }),
});
