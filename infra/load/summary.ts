import type { Measurement, ScenarioName, Target } from './scenarios.ts';
import { medianOf } from './statistics.ts';

/** Every measurement of a run: by target, by scenario, one per round. */
export type Measurements = Readonly<Record<Target['name'], Readonly<Record<ScenarioName, readonly Measurement[]>>>>;

/** The figures of one target. Every difference and ratio is made within a round, then the median of the rounds is taken. */
export interface TargetSummary {
  readonly requestsPerSecond: number;
  readonly ratioToBare: number;
  readonly cpuUsPerRequest: number;
  readonly addedP50Us: number;
  readonly addedP99Us: number;
  readonly addedFirstTokenMs: number;
  readonly cpuUsPerChunk: number;
  readonly cpuUsPerChunkOfMany: number;
  readonly lostStreams: number;
  readonly peakMb: number;
  readonly problems: number;
  readonly firstProblem: string;
}

function perSecond({ load }: Measurement): number {
  return load.answers / load.seconds;
}

function perChunk({ load, cpuUs }: Measurement): number {
  return cpuUs / Math.max(1, load.chunks);
}

/** Pairs the rounds of two targets and takes the median of what `combine` makes of each pair. */
function paired(
  left: readonly Measurement[],
  right: readonly Measurement[],
  combine: (left: Measurement, right: Measurement) => number,
): number {
  return medianOf(
    left.map((one, round) => {
      const other = right[round];
      return other === undefined ? Number.NaN : combine(one, other);
    }),
  );
}

function difference(field: 'latencyP50Us' | 'latencyP99Us' | 'firstTokenP50Us') {
  return (left: Measurement, right: Measurement) =>
    (left.load[field] ?? Number.NaN) - (right.load[field] ?? Number.NaN);
}

/** The figures of `name` beside those of the upstream alone and of the bare proxy. */
export function summarise(all: Measurements, name: Target['name']): TargetSummary {
  const { saturation, single, streams, manyStreams } = all[name];
  const { direct, bare } = all;
  const every = [...saturation, ...single, ...streams, ...manyStreams];
  return {
    requestsPerSecond: medianOf(saturation.map(perSecond)),
    ratioToBare: paired(saturation, bare.saturation, (left, right) => perSecond(left) / perSecond(right)),
    cpuUsPerRequest: medianOf(saturation.map(({ load, cpuUs }) => cpuUs / Math.max(1, load.allAnswers))),
    addedP50Us: paired(single, direct.single, difference('latencyP50Us')),
    addedP99Us: paired(single, direct.single, difference('latencyP99Us')),
    addedFirstTokenMs: paired(streams, direct.streams, difference('firstTokenP50Us')) / 1_000,
    cpuUsPerChunk: medianOf(streams.map(perChunk)),
    cpuUsPerChunkOfMany: medianOf(manyStreams.map(perChunk)),
    lostStreams: [...streams, ...manyStreams].reduce((sum, { load }) => sum + load.lostStreams, 0),
    peakMb: Math.max(...every.map(({ peakMb }) => peakMb)),
    problems: every.reduce((sum, { load }) => sum + load.notOk + load.failures, 0),
    firstProblem: every.find(({ load }) => load.firstProblem !== '')?.load.firstProblem ?? '',
  };
}

/** Rounds of an undisturbed run differ by less than this. */
const disturbedRatio = 1.5;

/** A sentence when the references themselves ran much faster in one round than in another: then something else was running. */
export function disturbanceOf({ direct, bare }: Measurements): string | undefined {
  for (const [name, { saturation }] of Object.entries({ 'upstream alone': direct, 'bare proxy': bare })) {
    const rates = saturation.map(perSecond);
    const ratio = Math.max(...rates) / Math.min(...rates);
    if (ratio > disturbedRatio) {
      return `Disturbed: the ${name} differs ${ratio.toFixed(1)}-fold between rounds. Repeat on a quiet machine.`;
    }
  }
  return undefined;
}
