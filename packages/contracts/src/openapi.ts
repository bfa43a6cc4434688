import type { ErrorCode } from '@turnpike/core/errors';
import { errorCatalogue } from '@turnpike/core/errors';
import { isJsonObject } from '@turnpike/core/json';
import type { Json, JsonObject } from '@turnpike/core/json';
import { z } from 'zod';
import { errorSchema } from './errors.ts';
import { inferenceOpenApi } from './inference-openapi.ts';
import type { Operation } from './operation.ts';
import { commonErrors } from './operation.ts';
import { operations } from './operations.ts';

const componentPath = '#/components/schemas/';

/** The OpenAPI 3.1 document of everything that callers can reach: the management API and `/v1`. */
export function buildOpenApi(): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of Object.values(operations)) {
    (paths[operation.path] ??= {})[operation.method] = renderOperation(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Turnpike',
      version: '1.0.0',
      description:
        'One road to every model. `/v1` answers OpenAI and Anthropic clients; `/api` manages organizations, keys and usage.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set([...inferenceOpenApi.tags, ...Object.values(operations).map((operation) => operation.tag)])].map(
      (name) => ({
        name,
      }),
    ),
    paths: { ...inferenceOpenApi.paths, ...paths },
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-turnpike_session',
          description: 'Set by login and sign-up.',
        },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'x-csrf-token',
          description: '`csrfToken` of the session; on every request with a session that changes something.',
        },
        managementKey: { type: 'http', scheme: 'bearer', description: 'A key `mk-tp-…`. It acts in its own project.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'A key `sk-tp-…`.' },
        apiKeyHeader: {
          type: 'apiKey',
          in: 'header',
          name: 'x-api-key',
          description: 'The same key, as Anthropic clients send it.',
        },
      },
      schemas: { ...inferenceOpenApi.schemas, ...managementSchemas() },
    },
  };
}

function renderOperation(operation: Operation): JsonObject {
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    security: renderSecurity(operation),
    ...renderParameters(operation),
    ...(operation.body === null ? {} : { requestBody: { required: true, content: jsonContent(operation.body) } }),
    responses: renderResponses(operation),
    ...(operation.access.type === 'public' ? {} : { 'x-permission': operation.access.permission }),
  };
}

function renderSecurity(operation: Operation): Json {
  const session = operation.method === 'get' ? { session: [] } : { session: [], csrf: [] };
  switch (operation.access.type) {
    case 'public':
      return [];
    case 'session':
      return [session];
    case 'session-or-management-key':
      return [session, { managementKey: [] }];
    default:
      return operation.access satisfies never;
  }
}

function renderParameters(operation: Operation): JsonObject {
  const parameters = [...parametersOf(operation.params, 'path'), ...parametersOf(operation.query, 'query')];
  return parameters.length === 0 ? {} : { parameters };
}

function parametersOf(schema: z.ZodObject | null, where: 'path' | 'query'): JsonObject[] {
  if (schema === null) {
    return [];
  }
  const { properties, required } = toJsonSchema(schema);
  const requiredNames = Array.isArray(required) ? required : [];
  return Object.entries(isJsonObject(properties) ? properties : {}).map(([name, property]) => {
    const { description, ...rest } = isJsonObject(property) ? property : {};
    return {
      name,
      in: where,
      required: where === 'path' || requiredNames.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function renderResponses(operation: Operation): JsonObject {
  const responses: Record<string, JsonObject> = {
    [operation.successStatus]: {
      description: operation.success.description,
      ...(operation.success.schema === null ? {} : { content: jsonContent(operation.success.schema) }),
    },
  };
  for (const [status, codes] of codesByStatus([...commonErrors(operation), ...operation.errors])) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: jsonContent(errorSchema),
    };
  }
  return responses;
}

function codesByStatus(codes: readonly ErrorCode[]): [number, ErrorCode[]][] {
  const byStatus = Map.groupBy(new Set(codes), (code) => errorCatalogue[code].status);
  return [...byStatus].sort(([left], [right]) => left - right);
}

function jsonContent(schema: z.ZodType): JsonObject {
  const id = z.globalRegistry.get(schema)?.id;
  return {
    'application/json': { schema: id === undefined ? toJsonSchema(schema) : { $ref: `${componentPath}${id}` } },
  };
}

/** What a client sends or reads; the input side, because codecs only change what we make of it afterwards. */
function toJsonSchema(schema: z.ZodType): JsonObject {
  const { $schema: _dialect, ...jsonSchema } = asJsonObject(z.toJSONSchema(schema, { io: 'input', override: shorten }));
  return jsonSchema;
}

function managementSchemas(): Record<string, JsonObject> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: 'input',
    uri: (id) => `${componentPath}${id}`,
    override: shorten,
  });
  const named = Object.entries(schemas).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(
    named.map(([id, schema]) => {
      const { $schema: _dialect, $id: _id, id: _name, ...jsonSchema } = asJsonObject(schema);
      return [id, jsonSchema];
    }),
  );
}

/** Leaves out what only clutters the document: zod's pattern for dates, and the bounds of safe integers. */
function shorten({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'date-time' || jsonSchema.format === 'email') {
    delete jsonSchema.pattern;
  }
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
    delete jsonSchema.maximum;
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) {
    delete jsonSchema.minimum;
  }
}

function asJsonObject(value: unknown): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(plain)) {
    throw new TypeError('A JSON schema is an object.');
  }
  return plain;
}
