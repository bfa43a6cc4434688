import { listCallsQuery } from '@turnpike/contracts/usage';
import { expect, it } from 'vitest';
import { isFollowing, isNarrowed, loadLogFilter, logQuery, logSearch, type LogFilter } from './log-filter.ts';

const now = Date.UTC(2026, 10, 23, 17);
const project = 'proj_00000000000000000000000001';

const everything: LogFilter = {
  status: 'error',
  model: 'anthropic/claude-sonnet-5',
  key: 'key_00000000000000000000000001',
  provider: 'anthropic',
  range: '7d',
  from: new Date(now - 7_200_000),
  to: new Date(now - 3_600_000),
  cursor: 'req_1',
};

it('comes back from the address as it went in', () => {
  expect(loadLogFilter(logSearch('/logs', everything).slice('/logs'.length))).toEqual(everything);
});

it('leaves the address empty for the list that everybody starts with', () => {
  expect(logSearch('/logs', loadLogFilter(''))).toBe('/logs');
});

it('asks the API only for what it understands', () => {
  const query = logQuery(project, { ...everything, cursor: null }, now);
  const text = Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
  expect(listCallsQuery.safeParse(text).error).toBeUndefined();
  expect(text).toMatchObject({
    status: 'error',
    apiKeyId: everything.key,
    from: '2026-11-23T15:00:00.000Z',
    to: '2026-11-23T16:00:00.000Z',
  });
});

it('leaves the end open for a preset that runs until now, so that the newest call is in', () => {
  expect(logQuery(project, loadLogFilter(''), now)).toMatchObject({ from: '2026-11-22T17:00:00.000Z' });
  expect(logQuery(project, loadLogFilter(''), now)).not.toHaveProperty('to');
  expect(logQuery(project, loadLogFilter('?range=last-month'), now)).toMatchObject({ to: '2026-11-01T00:00:00.000Z' });
});

it('follows what happens on the first page up to now, and nowhere else', () => {
  expect(
    [
      '',
      '?status=error',
      '?cursor=req_1',
      '?range=last-month',
      '?from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z',
    ].map((search) => isFollowing(loadLogFilter(search))),
  ).toEqual([true, true, false, false, false]);
});

it('tells a filter from a time', () => {
  expect([isNarrowed(loadLogFilter('?range=7d')), isNarrowed(loadLogFilter('?model=x'))]).toEqual([false, true]);
});
