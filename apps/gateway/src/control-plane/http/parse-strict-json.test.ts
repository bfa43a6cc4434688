import { GatewayError } from '@turnpike/core/errors';
import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './parse-strict-json.ts';

function refusalOf(text: string): GatewayError | undefined {
  try {
    parseStrictJson(text);
  } catch (error) {
    if (error instanceof GatewayError) {
      return error;
    }
    throw error;
  }
  return undefined;
}

describe('parseStrictJson', () => {
  it.each([
    '{}',
    '[]',
    'null',
    '{"a":{"b":1},"b":{"b":2}}',
    '[{"a":1},{"a":2}]',
    '{"a":"a\\":\\"a","b":": {"}',
    '{"":1," ":2}',
  ])('reads %s like JSON.parse', (text) => {
    expect(parseStrictJson(text)).toStrictEqual(JSON.parse(text));
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"a":1,"b":{"a":2},"a":3}}',
    '{"__proto__":{"isAdmin":true}}',
    '{"a":{"\\u005f_proto__":1}}',
    '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]',
    '{"a":1',
    '',
    'undefined',
    "{'a':1}",
  ])('refuses %s', (text) => {
    expect(refusalOf(text)?.code).toBe('invalid_request');
  });
});
