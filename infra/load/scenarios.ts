import { runLoad } from './load-plan.ts';
import type { LoadFigures, LoadPlan } from './load-plan.ts';
import { cpuTimeUs, peakMemoryMb, resetPeakMemory } from './process-figures.ts';

/** What is measured: the upstream itself, the bare proxy, or the gateway. */
export interface Target {
  readonly name: 'direct' | 'bare' | 'gateway';
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  /** The process whose processor time and memory count; the upstream's own do not. */
  readonly pid: number | undefined;
}

/** Four kinds of load, each telling what the others hide. */
export const scenarioNames = ['saturation', 'single', 'streams', 'manyStreams'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface Measurement {
  readonly load: LoadFigures;
  /** Processor time the target used, in microseconds. */
  readonly cpuUs: number;
  readonly peakMb: number;
}

/** Sizes of the scenarios. */
export interface LoadSize {
  /** Seconds that each scenario is measured. */
  readonly seconds: number;
  /** Concurrent streams of the largest scenario. */
  readonly manyStreams: number;
}

interface StreamShape {
  readonly chunks: number;
  readonly gapMs: number;
}

const noStream: StreamShape = { chunks: 0, gapMs: 0 };
const fewStreams: StreamShape = { chunks: 32, gapMs: 20 };
const slowStreams: StreamShape = { chunks: 30, gapMs: 100 };
/** Enough to keep the tested core busy, few enough that queueing is not all there is. */
const busyConnections = 64;
const fewStreamConnections = 100;

/** About 0.4 KB: a small prompt shows the overhead of a call, a large one that of copying. */
function bodyOf(target: Target, shape: StreamShape): string {
  const isStream = shape.chunks > 0;
  const order = isStream ? ` [load: chunks=${shape.chunks} gap=${shape.gapMs}]` : '';
  const request = {
    model: target.model,
    messages: [
      { role: 'system', content: 'You are a helpful assistant. Answer briefly and in plain words.' },
      { role: 'user', content: `Write one short sentence about a fox that meets a lazy dog on its way home.${order}` },
    ],
    temperature: 0.7,
    max_tokens: 256,
    ...(isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
  return JSON.stringify(request);
}

function planOf(name: ScenarioName, target: Target, size: LoadSize): LoadPlan {
  const base = { port: target.port, path: '/v1/chat/completions', headers: { ...target.headers } };
  const whole = { ...base, body: bodyOf(target, noStream), rampMs: 0, requestsPerConnection: 0, expectedChunks: 0 };
  switch (name) {
    case 'saturation':
      return { ...whole, connections: busyConnections, warmUpSeconds: 0.5, seconds: size.seconds };
    case 'single':
      return { ...whole, connections: 1, warmUpSeconds: 0.3, seconds: size.seconds / 2 };
    case 'streams':
      return {
        ...base,
        body: bodyOf(target, fewStreams),
        connections: fewStreamConnections,
        // No multiple of the gap, so that the streams do not send in step.
        rampMs: 517,
        warmUpSeconds: 0,
        seconds: size.seconds,
        requestsPerConnection: 0,
        expectedChunks: fewStreams.chunks,
      };
    case 'manyStreams':
      break;
  }
  return {
    ...base,
    body: bodyOf(target, slowStreams),
    connections: size.manyStreams,
    rampMs: 1_000,
    warmUpSeconds: 0,
    seconds: (slowStreams.chunks * slowStreams.gapMs) / 1_000 + 1,
    requestsPerConnection: 1,
    expectedChunks: slowStreams.chunks,
  };
}

/** Puts one scenario on a target and reads what the target's process spent on it. */
export async function measure(name: ScenarioName, target: Target, size: LoadSize): Promise<Measurement> {
  const { pid } = target;
  if (pid === undefined) return { load: await runLoad(planOf(name, target, size)), cpuUs: 0, peakMb: 0 };
  resetPeakMemory(pid);
  const beforeUs = cpuTimeUs(pid);
  const load = await runLoad(planOf(name, target, size));
  return { load, cpuUs: cpuTimeUs(pid) - beforeUs, peakMb: peakMemoryMb(pid) };
}
