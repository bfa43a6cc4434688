import { asId } from '@turnpike/core/ids';
import type { UsageAttempt } from '@turnpike/core/metering/usage-attempt';
import { expect, test } from 'vitest';

import { orphanOf } from './meter.ts';
import { createRecentRecords } from './recent-records.ts';

function attemptOf(number: number): UsageAttempt {
  return orphanOf(
    {
      requestId: asId('0192f0c0-0000-7000-8000-000000000001'),
      organizationId: asId('0192f0c0-0000-7000-8000-000000000002'),
      projectId: asId('0192f0c0-0000-7000-8000-000000000003'),
      apiKeyId: asId('0192f0c0-0000-7000-8000-000000000004'),
      memberId: undefined,
      mode: 'live',
      operation: 'chat',
      clientProtocol: 'openai-chat',
      requestedModel: 'm',
      isStream: false,
      endUser: undefined,
    },
    {
      attempt: number,
      startedAtMs: 1,
      endpointId: 'e',
      modelSlug: undefined,
      providerId: 'p',
      upstreamModel: 'u',
      priceId: undefined,
      priceBookEntryId: undefined,
    },
    2,
  );
}

test('answers a recent line with the very record, and an old or repeated one by reading it', () => {
  const records = createRecentRecords();
  const first = attemptOf(1);
  const line = records.encode(first);
  expect(records.decode(line)).toBe(first);
  const read = records.decode(line);
  expect(read).not.toBe(first);
  expect(read).toEqual(first);
});

test('forgets the oldest records when shipping is far behind, and still answers their lines', () => {
  const records = createRecentRecords();
  const lines = Array.from({ length: 5_000 }, (_, index) => records.encode(attemptOf(index + 1)));
  expect(lines.map((line) => records.decode(line).attempt.attempt)).toEqual(lines.map((_, index) => index + 1));
});

test('refuses a line that is no record', () => {
  expect(() => createRecentRecords().decode('{}')).toThrow('Invalid input');
});
