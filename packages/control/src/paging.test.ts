import { asId, renderId } from '@turnpike/core/ids';
import { describe, expect, it } from 'vitest';
import { idCursor, readCursor, toPage } from './paging.ts';

const uuid = '01890000-0000-7000-8000-000000000001';
const whole = { render: (row: string) => row.toUpperCase(), cursorOf: (row: string) => `after ${row}` };

describe('readCursor', () => {
  it('reads what idCursor wrote, and nothing for the first page', () => {
    expect(readCursor('apiKey', idCursor('apiKey', uuid))).toBe(asId<'apiKey'>(uuid));
    expect(readCursor('apiKey', undefined)).toBeUndefined();
  });

  it.each(['', '0', uuid, renderId('project', uuid), "key_' OR 1=1"])('refuses %j', (cursor) => {
    expect(() => readCursor('apiKey', cursor)).toThrow('nextCursor');
  });
});

describe('toPage', () => {
  it('leaves out the extra row and points behind the last shown one', () => {
    expect(toPage(['a', 'b', 'c'], 2, whole)).toStrictEqual({ items: ['A', 'B'], nextCursor: 'after b' });
  });

  it('ends where there is no extra row', () => {
    expect(toPage(['a', 'b'], 2, whole)).toStrictEqual({ items: ['A', 'B'], nextCursor: null });
    expect(toPage([], 2, whole)).toStrictEqual({ items: [], nextCursor: null });
  });
});
