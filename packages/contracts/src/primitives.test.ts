import { asId, renderId } from '@turnpike/core/ids';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commaList, idIn, momentIn, nameIn } from './primitives.ts';

const uuid = '01890000-0000-7000-8000-000000000001';

describe('idIn', () => {
  it('turns the border form into the UUID and back', () => {
    const schema = idIn('apiKey');
    const border = renderId('apiKey', uuid);
    expect(schema.parse(border)).toBe(uuid);
    expect(schema.encode(asId<'apiKey'>(uuid))).toBe(border);
  });

  it.each([
    '',
    'key_',
    uuid,
    renderId('project', uuid),
    `${renderId('apiKey', uuid)}0`,
    'key_i1jdi1jdi1jdi1jdi1jdi1jdii',
  ])('refuses %j', (text) => {
    expect(idIn('apiKey').safeParse(text).success).toBe(false);
  });
});

describe('nameIn', () => {
  it('trims', () => {
    expect(nameIn().parse('  Production ')).toBe('Production');
  });

  it.each(['', '   ', 'a\nb', 'a\u0000b', 'a\u2028b', '\ud800', 'x'.repeat(81)])('refuses %j', (text) => {
    expect(nameIn().safeParse(text).success).toBe(false);
  });
});

describe('commaList', () => {
  it('reads one or several values and refuses an unknown one', () => {
    const schema = commaList(z.enum(['a', 'b']));
    expect([schema.parse('a'), schema.parse('a,b')]).toStrictEqual([['a'], ['a', 'b']]);
    expect([schema.safeParse('a,c').success, schema.safeParse('').success]).toStrictEqual([false, false]);
  });
});

describe('momentIn', () => {
  it('reads any offset as the same moment', () => {
    expect(momentIn.parse('2025-06-01T12:00:00+02:00').toISOString()).toBe('2025-06-01T10:00:00.000Z');
  });

  it.each(['2025-06-01', 'yesterday', '2025-02-30T00:00:00Z'])('refuses %j', (text) => {
    expect(momentIn.safeParse(text).success).toBe(false);
  });
});
