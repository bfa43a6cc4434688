import { expect, it } from 'vitest';

import { periodStarts } from './account-ports.ts';

it.each([
  ['2026-11-23T00:00:00Z', '2026-11-23', '2026-11-23', '2026-11-01'],
  ['2026-11-22T23:59:59Z', '2026-11-22', '2026-11-16', '2026-11-01'],
  ['2027-01-01T12:00:00Z', '2027-01-01', '2026-12-28', '2027-01-01'],
])('at %s the day began on %s, the week on %s and the month on %s', (now, day, week, month) => {
  const starts = periodStarts(Date.parse(now));
  expect([starts.day, starts.week, starts.month]).toEqual(
    [day, week, month].map((date) => Date.parse(`${date}T00:00:00Z`)),
  );
});
