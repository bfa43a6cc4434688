import { expect, test } from 'vitest';
import { isUniqueViolation, sqlState } from './sql-error.ts';

test('the state of a Postgres error is found through the layers that wrap it', () => {
  expect(sqlState({ code: '23505' })).toBe('23505');
  expect(sqlState({ code: 'P2010', cause: { originalCode: '42501' } })).toBe('P2010');
  expect(sqlState(new Error('outer', { cause: new Error('inner', { cause: { code: '3D000' } }) }))).toBe('3D000');
});

test('what is no Postgres error has no state', () => {
  expect(sqlState({ code: 'ECONNREFUSED' })).toBeUndefined();
  expect(sqlState(undefined)).toBeUndefined();
  expect(sqlState('23505')).toBeUndefined();
});

test('a value that exists already is told by the driver and by the typed client', () => {
  expect(isUniqueViolation({ code: '23505' })).toBe(true);
  expect(isUniqueViolation({ code: 'P2002' })).toBe(true);
  expect(isUniqueViolation({ code: '23503' })).toBe(false);
});
