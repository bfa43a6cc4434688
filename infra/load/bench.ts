/**
 * `npm run bench`: loopback load against the upstream itself, a bare Node proxy and the gateway with everything on, in
 * interleaved rounds, so that every figure can be read as a ratio. Flags: `--rounds 4`, `--secs 4`, `--quick`, `--write`
 * (into RESULTS.md), `--references` (without the gateway).
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { startGateway } from './gateway-target.ts';
import { machineFacts } from './machine-facts.ts';
import { startProgram } from './programs.ts';
import { renderReport } from './report.ts';
import { writeResults } from './results-file.ts';
import { measure, scenarioNames } from './scenarios.ts';
import type { LoadSize, Measurement, ScenarioName, Target } from './scenarios.ts';
import { medianOf } from './statistics.ts';
import { disturbanceOf, summarise } from './summary.ts';
import { fdatasyncP50Us } from './sync-probe.ts';

interface Flags {
  readonly rounds: number;
  readonly size: LoadSize;
  readonly isWritten: boolean;
  readonly hasGateway: boolean;
}

function readFlags(): Flags {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '4' },
      secs: { type: 'string', default: '4' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      references: { type: 'boolean', default: false },
    },
  });
  const count = (name: string, text: string) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= 60) return value;
    throw new Error(`--${name} must be a whole number from 1 to 60, not "${text}".`);
  };
  const seconds = values.quick ? 1 : count('secs', values.secs);
  return {
    rounds: values.quick ? 1 : count('rounds', values.rounds),
    size: { seconds, manyStreams: 1_000 },
    isWritten: values.write,
    hasGateway: !values.references,
  };
}

/** Code is compiled before anything is measured: V8 takes some thousand calls to see what is hot. */
const warmUp: LoadSize = { seconds: 5, manyStreams: 0 };
const warmUpScenarios = ['saturation', 'streams'] as const;

function log(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe(name: ScenarioName, { load, cpuUs }: Measurement): string {
  const trouble =
    load.notOk + load.failures > 0 ? `; ${load.notOk} not 200, ${load.failures} failed: ${load.firstProblem}` : '';
  if (name === 'saturation') return `${Math.round(load.answers / load.seconds)} requests/s${trouble}`;
  if (name === 'single')
    return `p50 ${Math.round(load.latencyP50Us ?? 0)} µs, p99 ${Math.round(load.latencyP99Us ?? 0)} µs${trouble}`;
  const perChunk = cpuUs / Math.max(1, load.chunks);
  return `first token p50 ${((load.firstTokenP50Us ?? 0) / 1_000).toFixed(1)} ms, ${perChunk.toFixed(1)} µs per chunk, ${load.lostStreams} lost${trouble}`;
}

type Collected = Record<Target['name'], Record<ScenarioName, Measurement[]>>;

const nothing = (): Record<ScenarioName, Measurement[]> => ({
  saturation: [],
  single: [],
  streams: [],
  manyStreams: [],
});

interface Rounds {
  readonly collected: Collected;
  /** Answers in all, warm-up included, by target. */
  readonly answers: Record<Target['name'], number>;
}

async function runRounds(targets: readonly Target[], flags: Flags, betweenRounds: () => void): Promise<Rounds> {
  const collected: Collected = { direct: nothing(), bare: nothing(), gateway: nothing() };
  const answers = { direct: 0, bare: 0, gateway: 0 };
  for (const target of targets) {
    log(`warm-up: ${target.name}`);
    for (const name of warmUpScenarios) answers[target.name] += (await measure(name, target, warmUp)).load.allAnswers;
  }
  for (let round = 1; round <= flags.rounds; round += 1) {
    for (const name of scenarioNames) {
      for (const target of targets) {
        const measurement = await measure(name, target, flags.size);
        collected[target.name][name].push(measurement);
        answers[target.name] += measurement.load.allAnswers;
        log(`round ${round} ${name} ${target.name}: ${describe(name, measurement)}`);
      }
    }
    betweenRounds();
  }
  return { collected, answers };
}

async function bench(): Promise<number> {
  const flags = readFlags();
  const stops: (() => Promise<void>)[] = [];
  try {
    const upstream = await startProgram('upstream.ts', 'other');
    stops.push(upstream.stop);
    const bare = await startProgram('bare-proxy.ts', 'tested', String(upstream.port));
    stops.push(bare.stop);
    const gateway = flags.hasGateway ? await startGateway(upstream.port, log) : undefined;
    if (gateway !== undefined) stops.push(gateway.stop);

    const common = { headers: { authorization: 'Bearer bench' }, model: 'gpt-4o-mini' };
    const targets: Target[] = [
      { name: 'direct', port: upstream.port, pid: undefined, ...common },
      { name: 'bare', port: bare.port, pid: bare.pid, ...common },
      ...(gateway === undefined ? [] : [gateway.target]),
    ];
    const syncTimesUs: number[] = [];
    let hasSpooled = false;
    const { collected, answers } = await runRounds(targets, flags, () => {
      hasSpooled ||= gateway?.hasSpooled() ?? false;
      syncTimesUs.push(fdatasyncP50Us(gateway?.spoolFolder ?? tmpdir()));
    });
    const gatewaySummary = gateway === undefined ? undefined : summarise(collected, 'gateway');
    if (gateway !== undefined && gatewaySummary !== undefined) {
      if (gatewaySummary.problems > 0) {
        throw new Error(
          `No table: the gateway failed ${gatewaySummary.problems} calls. The first: ${gatewaySummary.firstProblem}`,
        );
      }
      if (!hasSpooled)
        throw new Error('No table: the gateway left nothing in its spool, so nothing was made durable there.');
      await gateway.assertRecorded(answers.gateway);
    }
    const disturbance = disturbanceOf(collected);
    const report = renderReport({
      direct: summarise(collected, 'direct'),
      bare: summarise(collected, 'bare'),
      gateway: gatewaySummary,
      fdatasyncP50Us: medianOf(syncTimesUs),
      manyStreams: flags.size.manyStreams,
      durability: gateway?.durability ?? '',
      facts: [...machineFacts(flags.rounds), ...(disturbance === undefined ? [] : [disturbance])],
    });
    process.stdout.write(`\n${report}\n`);
    if (flags.isWritten) writeResults('Bench: overhead against a bare Node proxy', report);
    return 0;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

try {
  process.exitCode = await bench();
} catch (problem) {
  log(`\n${problem instanceof Error ? problem.message : String(problem)}`);
  process.exitCode = 1;
}
// The channel to whoever started this command would keep the process alive.
if (process.connected) process.disconnect();
