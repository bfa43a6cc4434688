import { expect, test } from 'vitest';
import { atMostLabels, oneOfLabels } from './label-values.ts';
import { mergeMetrics } from './merge-metrics.ts';
import { createTelemetry, durationBuckets } from './telemetry.ts';

const createQuiet = () => createTelemetry({ labels: { service: 'test' }, hasProcessMetrics: false });

test('counts by labels, with the prefix and the labels of the process', async () => {
  const telemetry = createQuiet();
  const calls = telemetry.counter({
    name: 'calls_total',
    help: 'Calls.',
    labels: { operation: oneOfLabels('chat', 'embeddings') },
  });
  calls.add({ operation: 'chat' });
  calls.add({ operation: 'chat' }, 2);
  expect(await telemetry.render()).toContain('turnpike_calls_total{operation="chat",service="test"} 3');
});

test('counts values outside the allow-list as other, so that callers cannot make series', async () => {
  const telemetry = createQuiet();
  const calls = telemetry.counter({
    name: 'calls_total',
    help: 'Calls.',
    labels: { operation: oneOfLabels('chat'), provider: atMostLabels(2) },
  });
  for (let index = 0; index < 100; index += 1) {
    calls.add({ operation: `made-up-${index}`, provider: `p${index}` });
  }
  const series = (await telemetry.render()).split('\n').filter((line) => line.startsWith('turnpike_calls_total{'));
  expect(series).toStrictEqual([
    'turnpike_calls_total{operation="other",provider="p0",service="test"} 1',
    'turnpike_calls_total{operation="other",provider="p1",service="test"} 1',
    'turnpike_calls_total{operation="other",provider="other",service="test"} 98',
  ]);
});

test('observes durations in buckets and reads gauges when asked', async () => {
  const telemetry = createQuiet();
  const seconds = telemetry.histogram({
    name: 'call_seconds',
    help: 'Duration.',
    labels: {},
    buckets: durationBuckets,
  });
  let length = 4;
  telemetry.gauge({ name: 'queue_length', help: 'Waiting.', read: () => length });
  seconds.observe({}, 0.3);
  length = 5;
  const text = await telemetry.render();
  expect(text).toContain('turnpike_call_seconds_bucket{le="0.5",service="test"} 1');
  expect(text).toContain('turnpike_call_seconds_bucket{le="0.25",service="test"} 0');
  expect(text).toContain('turnpike_queue_length{service="test"} 5');
});

test('merges the figures of several processes, as they arrive by message', async () => {
  const sets = await Promise.all(
    ['1', '2'].map(async (instance) => {
      const telemetry = createTelemetry({ labels: { instance }, hasProcessMetrics: false });
      telemetry.counter({ name: 'calls_total', help: 'Calls.', labels: {} }).add({}, Number(instance));
      return structuredClone(await telemetry.toJson());
    }),
  );
  const text = await mergeMetrics(sets);
  expect(text).toContain('turnpike_calls_total{instance="1"} 1');
  expect(text).toContain('turnpike_calls_total{instance="2"} 2');
});
