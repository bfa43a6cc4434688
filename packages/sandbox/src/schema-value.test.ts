import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { textMatching } from './pattern-text.ts';
import { valueForSchema } from './schema-value.ts';

const ajv = new Ajv2020({ strict: false, allowUnionTypes: true });
addFormats.default(ajv);

const schemas: readonly (readonly [string, object])[] = [
  ['an empty schema', {}],
  [
    'a flat object',
    {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer' } },
      required: ['city', 'days'],
      additionalProperties: false,
    },
  ],
  ['an object without declared properties', { type: 'object', additionalProperties: false }],
  ['required names that are not declared', { type: 'object', required: ['a', 'b'] }],
  [
    'required names described by additionalProperties',
    { type: 'object', required: ['a'], additionalProperties: { type: 'integer' } },
  ],
  [
    'a property called __proto__',
    { type: 'object', properties: { ['__proto__']: { type: 'string' } }, required: ['__proto__'] },
  ],
  ['bounds', { type: 'integer', minimum: 3, maximum: 5 }],
  ['exclusive bounds', { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 }],
  ['a narrow number', { type: 'number', minimum: 0.1, maximum: 0.2 }],
  ['only a maximum', { type: 'number', maximum: -10 }],
  ['multiples', { type: 'number', multipleOf: 0.25, minimum: 1 }],
  ['string lengths', { type: 'string', minLength: 40, maxLength: 60 }],
  ['a short string', { type: 'string', maxLength: 2 }],
  ['an enum', { enum: ['red', 'green', 3, null] }],
  ['a const', { const: { kind: 'fixed' } }],
  ['nullable by union', { type: ['string', 'null'] }],
  ['an array', { type: 'array', items: { type: 'string' }, minItems: 3 }],
  ['a bounded array', { type: 'array', items: { type: 'integer' }, maxItems: 0 }],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }],
  [
    'unique items',
    { type: 'array', items: { type: 'integer', minimum: 0, maximum: 50 }, minItems: 5, uniqueItems: true },
  ],
  ['anyOf', { anyOf: [{ type: 'null' }, { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] }] }],
  [
    'oneOf with constants',
    {
      oneOf: [
        { type: 'object', properties: { t: { const: 'a' } }, required: ['t'], additionalProperties: false },
        { type: 'string' },
      ],
    },
  ],
  [
    'allOf',
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'integer', minimum: 2 } }, required: ['b'] },
      ],
    },
  ],
  [
    'the same property twice',
    {
      allOf: [
        { properties: { a: { type: 'integer', minimum: 5 } } },
        { properties: { a: { maximum: 6 } }, required: ['a'], type: 'object' },
      ],
    },
  ],
  [
    'references',
    {
      $defs: { name: { type: 'string', minLength: 1 } },
      type: 'object',
      properties: { first: { $ref: '#/$defs/name' }, last: { $ref: '#/$defs/name' } },
      required: ['first', 'last'],
    },
  ],
  [
    'a recursive list',
    {
      $defs: {
        node: {
          type: 'object',
          properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['value', 'next'],
          additionalProperties: false,
        },
      },
      $ref: '#/$defs/node',
    },
  ],
  [
    'a recursive tree',
    {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['name', 'children'],
    },
  ],
  [
    'formats',
    {
      type: 'object',
      properties: Object.fromEntries(
        [
          'date',
          'time',
          'date-time',
          'duration',
          'email',
          'hostname',
          'ipv4',
          'ipv6',
          'uri',
          'uri-reference',
          'uuid',
        ].map((format) => [format, { type: 'string', format }]),
      ),
    },
  ],
  [
    'patterns',
    {
      type: 'object',
      properties: {
        sku: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' },
        code: { type: 'string', pattern: '^(?:ab|cd)+x?$' },
      },
      required: ['sku', 'code'],
    },
  ],
];

describe('a value made for a schema', () => {
  test.each(schemas)('satisfies %s, whatever the seed', (_name, schema) => {
    const isValid = ajv.compile(schema);
    for (const seed of [0, 1, 7, 4_000_000_000]) {
      const value = valueForSchema(schema, seed);
      expect({ value, problems: isValid(value) ? [] : isValid.errors }).toEqual({ value, problems: [] });
      expect(JSON.stringify(valueForSchema(schema, seed))).toBe(JSON.stringify(value));
    }
  });

  test('ends for a schema that demands an endless value', () => {
    const endless = {
      type: 'object',
      properties: { a: { $ref: '#' }, b: { $ref: '#' }, c: { $ref: '#' } },
      required: ['a', 'b', 'c'],
    };
    expect(JSON.stringify(valueForSchema(endless, 1)).length).toBeLessThan(2_000_000);
    expect(valueForSchema({ $ref: '#' }, 1)).toBeNull();
    expect(valueForSchema({ allOf: [{ $ref: '#' }] }, 1)).toBeDefined();
  });

  test('shrugs at schemas that are no schemas', () => {
    for (const odd of [
      null,
      true,
      false,
      3,
      'x',
      [],
      { type: 'banana' },
      { $ref: 'https://example.com/x' },
      { enum: [] },
    ]) {
      expect(() => valueForSchema(odd, 1)).not.toThrow();
    }
  });
});

describe('a text made for a pattern', () => {
  test.each([
    '^[A-Z]{3}-\\d{4}$',
    '^(foo|bar)$',
    '[^a-z]+',
    '^\\w+@\\w+\\.com$',
    '^a{2,4}b*c?$',
    '^(?<year>\\d{4})$',
    '.',
    '^[\\d\\-]+$',
    '^$',
  ])('matches %s', (pattern) => {
    expect(textMatching(pattern, 5)).toMatch(new RegExp(pattern, 'u'));
  });

  test('grows to a minimum length where the pattern allows', () => {
    expect(textMatching('^[a-z]+$', 3, 20)).toMatch(/^[a-z]{20,}$/);
  });

  test.each(['(?=x)y', '(a)\\1', 'a^b', '[', '(?<!a)b'])('is not attempted for %s', (pattern) => {
    expect(textMatching(pattern, 5)).toBeUndefined();
  });

  test('stays small for nested counts', () => {
    expect(textMatching('((a{900}){900}){900}', 1)?.length ?? 0).toBeLessThan(50_000);
  });
});
