/** The load client: reads a plan from its input, drives connections over plain sockets, prints what it saw as JSON. */
import { text } from 'node:stream/consumers';
import { monotonicUs } from './clock.ts';
import { LoadConnection } from './load-connection.ts';
import type { Exchange } from './load-connection.ts';
import { loadPlan } from './load-plan.ts';
import type { LoadFigures, LoadPlan } from './load-plan.ts';
import { quantileOf } from './statistics.ts';

/** How long answers on their way are waited for after the last request was sent. */
const patienceMs = 20_000;

function requestOf(plan: LoadPlan): Buffer {
  const headers = Object.entries(plan.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${plan.path} HTTP/1.1\r\nhost: 127.0.0.1:${plan.port}\r\ncontent-type: application/json\r\n`;
  return Buffer.from(`${head}${headers.join('')}content-length: ${Buffer.byteLength(plan.body)}\r\n\r\n${plan.body}`);
}

/** Collects exchanges and says when to stop. */
class Run {
  readonly #plan: LoadPlan;
  readonly #measuredFromUs: number;
  readonly #endsAtUs: number;
  readonly #latenciesUs: number[] = [];
  readonly #firstTokensUs: number[] = [];
  #answers = 0;
  #allAnswers = 0;
  #chunks = 0;
  #lostStreams = 0;
  #notOk = 0;
  #failures = 0;
  #firstProblem = '';

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#measuredFromUs = monotonicUs() + plan.warmUpSeconds * 1e6;
    this.#endsAtUs = this.#measuredFromUs + plan.seconds * 1e6;
  }

  get endsAtUs(): number {
    return this.#endsAtUs;
  }

  add(exchange: Exchange): void {
    const { expectedChunks } = this.#plan;
    this.#chunks += exchange.chunks;
    if (exchange.problem !== '' && this.#firstProblem === '') this.#firstProblem = exchange.problem.slice(0, 300);
    const isShort = expectedChunks > 0 && (exchange.chunks !== expectedChunks || !exchange.isDone);
    if (isShort) this.#lostStreams += 1;
    if (exchange.status === 0) this.#failures += 1;
    else if (exchange.status !== 200) this.#notOk += 1;
    if (exchange.problem !== '' || isShort) return;
    this.#allAnswers += 1;
    if (exchange.endedAtUs >= this.#measuredFromUs && exchange.endedAtUs <= this.#endsAtUs) this.#answers += 1;
    if (exchange.startedAtUs < this.#measuredFromUs) return;
    this.#latenciesUs.push(exchange.endedAtUs - exchange.startedAtUs);
    if (exchange.firstTokenUs !== undefined) this.#firstTokensUs.push(exchange.firstTokenUs);
  }

  figures(unfinished: number): LoadFigures {
    const at = (samples: readonly number[], quantile: number) =>
      samples.length === 0 ? null : quantileOf(samples, quantile);
    return {
      answers: this.#answers,
      seconds: this.#plan.seconds,
      allAnswers: this.#allAnswers,
      chunks: this.#chunks,
      lostStreams: this.#lostStreams + (this.#plan.expectedChunks > 0 ? unfinished : 0),
      notOk: this.#notOk,
      failures: this.#failures + unfinished,
      firstProblem: this.#firstProblem,
      latencyP50Us: at(this.#latenciesUs, 0.5),
      latencyP99Us: at(this.#latenciesUs, 0.99),
      firstTokenP50Us: at(this.#firstTokensUs, 0.5),
      firstTokenP99Us: at(this.#firstTokensUs, 0.99),
    };
  }
}

function drive(plan: LoadPlan): Promise<LoadFigures> {
  const run = new Run(plan);
  const request = requestOf(plan);
  return new Promise((resolve) => {
    let idle = 0;
    const connections = Array.from({ length: plan.connections }, () => {
      let sent = 1;
      const connection: LoadConnection = new LoadConnection(plan.port, request, (exchange) => {
        run.add(exchange);
        const mayGoOn = plan.requestsPerConnection === 0 || sent < plan.requestsPerConnection;
        if (mayGoOn && monotonicUs() < run.endsAtUs) {
          sent += 1;
          return true;
        }
        idle += 1;
        if (idle === plan.connections) finish();
        return false;
      });
      return connection;
    });
    const finish = () => {
      clearTimeout(deadline);
      const unfinished = connections.filter((connection) => connection.isBusy).length;
      for (const connection of connections) connection.close();
      resolve(run.figures(unfinished));
    };
    const totalMs = (plan.warmUpSeconds + plan.seconds) * 1_000 + plan.rampMs + patienceMs;
    const deadline = setTimeout(finish, totalMs);
    for (const [index, connection] of connections.entries()) {
      setTimeout(() => connection.start(), (index * plan.rampMs) / plan.connections);
    }
  });
}

const figures = await drive(loadPlan.parse(JSON.parse(await text(process.stdin))));
process.stdout.write(JSON.stringify(figures));
