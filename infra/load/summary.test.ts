import { describe, expect, test } from 'vitest';
import { renderReport } from './report.ts';
import { withSection } from './results-file.ts';
import { quantileOf, medianOf } from './statistics.ts';
import { disturbanceOf, summarise } from './summary.ts';
import type { Measurements } from './summary.ts';
import type { Measurement } from './scenarios.ts';

const quiet: Measurement = {
  load: {
    answers: 0,
    seconds: 1,
    allAnswers: 0,
    chunks: 0,
    lostStreams: 0,
    notOk: 0,
    failures: 0,
    firstProblem: '',
    latencyP50Us: null,
    latencyP99Us: null,
    firstTokenP50Us: null,
    firstTokenP99Us: null,
  },
  cpuUs: 0,
  peakMb: 100,
};
const whole = (perSecond: number, cpuUs: number): Measurement => ({
  ...quiet,
  cpuUs,
  load: { ...quiet.load, answers: perSecond, allAnswers: perSecond },
});
const slow = (latencyP50Us: number, latencyP99Us: number): Measurement => ({
  ...quiet,
  load: { ...quiet.load, latencyP50Us, latencyP99Us },
});
const stream = (firstTokenP50Us: number, chunks: number, cpuUs: number, lostStreams = 0): Measurement => ({
  ...quiet,
  cpuUs,
  load: { ...quiet.load, firstTokenP50Us, chunks, lostStreams },
});

const run = (gatewayLost = 0): Measurements => ({
  direct: {
    saturation: [whole(8_000, 0), whole(4_000, 0)],
    single: [slow(50, 100), slow(60, 120)],
    streams: [stream(20_000, 10, 0), stream(21_000, 10, 0)],
    manyStreams: [stream(1, 1, 0), stream(1, 1, 0)],
  },
  bare: {
    saturation: [whole(4_000, 400_000), whole(2_000, 200_000)],
    single: [slow(250, 500), slow(300, 600)],
    streams: [stream(21_000, 100, 5_000), stream(22_000, 100, 5_000)],
    manyStreams: [stream(1, 100, 4_000), stream(1, 100, 4_000)],
  },
  gateway: {
    saturation: [whole(2_000, 400_000), whole(1_000, 200_000)],
    single: [slow(450, 900), slow(500, 950)],
    streams: [stream(21_400, 100, 6_000), stream(22_400, 100, 6_000)],
    manyStreams: [stream(1, 100, 5_000), stream(1, 100, 5_000, gatewayLost)],
  },
});

const reportOf = (all: Measurements) =>
  renderReport({
    direct: summarise(all, 'direct'),
    bare: summarise(all, 'bare'),
    gateway: summarise(all, 'gateway'),
    fdatasyncP50Us: 100,
    manyStreams: 1_000,
    durability: 'fdatasync',
    facts: ['A fact.'],
  });

describe('the figures of a run', () => {
  test('are differences and ratios within a round, so that a slow round moves both sides', () => {
    expect(summarise(run(), 'gateway')).toMatchObject({
      ratioToBare: 0.5,
      cpuUsPerRequest: 200,
      addedP50Us: 420,
      addedFirstTokenMs: 1.4,
      cpuUsPerChunk: 60,
      cpuUsPerChunkOfMany: 50,
      lostStreams: 0,
    });
  });

  test('say when the machine was not quiet', () => {
    expect(disturbanceOf(run())).toMatch(/upstream alone differs 2\.0-fold/);
    const { saturation } = run().bare;
    const steady = { ...run().bare, saturation: saturation.slice(0, 1) };
    expect(disturbanceOf({ direct: steady, bare: steady, gateway: steady })).toBeUndefined();
  });

  test('meet the goals or miss them, each by itself', () => {
    const good = reportOf(run());
    expect(good).toMatch(/requests\/s ≥ 0\.3 × bare proxy \| 0\.50 \| ≥ 0\.30 \| met/);
    expect(good).toMatch(/added p50 [^|]*\| 420 µs \| ≤ 430 µs \| met/);
    expect(good.match(/\| met \|/g)).toHaveLength(6);
    expect(reportOf(run(1))).toMatch(/streams lost of 1000 at once \| 1 \| ≤ 0 \| missed/);
  });
});

test('quantiles and medians', () => {
  expect(quantileOf([3, 1, 2], 0.5)).toBe(2);
  expect(quantileOf([], 0.5)).toBeNaN();
  expect(medianOf([4, 1, Number.NaN, 3])).toBe(3);
  expect(medianOf([4, 1])).toBe(2.5);
});

test('a section of the results is replaced, and the others stay', () => {
  const page = '# Recorded results\n\n## One\n\nold\n\n## Two\n\nkept\n';
  expect(withSection(page, 'One', 'new')).toBe('# Recorded results\n\n## One\n\nnew\n\n## Two\n\nkept\n');
  expect(withSection(page, 'Three', 'more')).toBe(`${page}\n## Three\n\nmore\n`);
});
