import { createTestDatabase } from '@turnpike/testing/postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestDatabases, type TestDatabases } from './fixtures/test-databases.ts';
import { newId } from './new-id.ts';
import type { OutboxEventRecord } from './repositories/outbox.ts';

let databases: TestDatabases;

beforeAll(async () => {
  databases = openTestDatabases(await createTestDatabase());
});

beforeEach(async () => {
  await databases.owner.query('DELETE FROM outbox_event');
  for (let index = 0; index < 20; index += 1) {
    await databases.owner.query(
      `INSERT INTO outbox_event (id, topic, payload, created_at) VALUES ($1, 'test', $2, now() + $3 * interval '1 millisecond')`,
      [newId(), { index }, index],
    );
  }
});

afterAll(async () => {
  await databases.close();
});

const indexOf = ({ payload }: OutboxEventRecord) => payload['index'];

test('events are told once, oldest first, by several workers together', async () => {
  const told: unknown[] = [];
  const counts = await Promise.all(
    Array.from({ length: 4 }, () =>
      databases.worker.publishOutbox(5, async (events) => {
        told.push(...events.map(indexOf));
      }),
    ),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(told.length);
  let count;
  do {
    count = await databases.worker.publishOutbox(5, async (events) => {
      told.push(...events.map(indexOf));
    });
  } while (count > 0);
  expect(told.toSorted((left, right) => Number(left) - Number(right))).toEqual(
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('events that could not be told are told again', async () => {
  await expect(
    databases.worker.publishOutbox(5, async () => {
      throw new Error('The receiver is away.');
    }),
  ).rejects.toThrow('away');
  let first: unknown[] = [];
  await databases.worker.publishOutbox(5, async (events) => {
    first = events.map(indexOf);
  });
  expect(first).toEqual([0, 1, 2, 3, 4]);
});

test('nothing is told when there is nothing to tell', async () => {
  await databases.worker.publishOutbox(100, async () => undefined);
  let calls = 0;
  const told = await databases.worker.publishOutbox(100, async () => {
    calls += 1;
  });
  expect([told, calls]).toEqual([0, 0]);
});
