import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { isDeepStrictEqual } from 'node:util';

import { startTestProduct, type TestProduct } from '@turnpike/tooling/test-product';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  corpusFolder,
  hasCorpus,
  openCorpus,
  type CorpusTools,
  type Facts,
  type Recording,
  type RecordingEntry,
} from '../support/corpus.ts';

const paths: Readonly<Record<string, string>> = { chat: '/v1/chat/completions', messages: '/v1/messages' };
const providers: ReadonlySet<string> = new Set(['openai', 'groq', 'anthropic']);
/** Run with CORPUS_REPORT=<file> to see every case that failed. */
const reportFile = process.env['CORPUS_REPORT'];

/** What of a recording cannot be asked of this gateway, and why; everything else is run. */
function skipReason(entry: RecordingEntry): string | undefined {
  if (entry.provider === 'anthropic' && entry.endpoint === 'chat') {
    return 'recorded at a second endpoint of the provider, which its definition does not speak';
  }
  return undefined;
}

interface Outcome {
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason: string;
}

let product: TestProduct;
let corpus: CorpusTools;
let replayPort: number;

describe.skipIf(!hasCorpus)(`recorded traffic through the running gateway (${corpusFolder})`, () => {
  beforeAll(async () => {
    corpus = await openCorpus();
    replayPort = await freePort();
    const upstream = `http://127.0.0.1:${replayPort}`;
    product = await startTestProduct({
      name: 'corpus',
      environment: {
        OPENAI_API_KEY: 'replayed',
        OPENAI_BASE_URL: `${upstream}/v1`,
        GROQ_API_KEY: 'replayed',
        GROQ_BASE_URL: `${upstream}/openai/v1`,
        ANTHROPIC_API_KEY: 'replayed',
        ANTHROPIC_BASE_URL: `${upstream}/v1`,
      },
    });
  });
  afterAll(() => product?.stop());

  it.each(['whole', 'random'] as const)(
    'carries what providers said to the client, in pieces cut %s',
    async (chunk) => {
      const replay = await corpus.startReplay(chunk, replayPort);
      try {
        const outcomes = await runAll();
        const count = (status: Outcome['status']): number =>
          outcomes.filter((outcome) => outcome.status === status).length;
        const run = count('passed') + count('failed');
        process.stdout.write(
          `corpus, chunk=${chunk}: ${count('passed')} of ${run} passed (${((100 * count('passed')) / run).toFixed(1)} %), ${count('skipped')} skipped\n`,
        );
        if (reportFile !== undefined) {
          writeFileSync(
            `${reportFile}.${chunk}.json`,
            JSON.stringify(
              outcomes.filter((outcome) => outcome.status !== 'passed'),
              null,
              1,
            ),
          );
        }
        expect(count('skipped') / outcomes.length).toBeLessThanOrEqual(0.03);
        expect(count('passed') / run).toBeGreaterThanOrEqual(0.93);
      } finally {
        await replay.close();
      }
    },
    300_000,
  );
});

async function runAll(): Promise<readonly Outcome[]> {
  const cases = corpus.recordings.filter(
    (entry) => providers.has(entry.provider) && paths[entry.endpoint] !== undefined,
  );
  const outcomes: Outcome[] = [];
  const queue = [...cases];
  const work = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      outcomes.push(await runCase(entry));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return outcomes;
}

async function runCase(entry: RecordingEntry): Promise<Outcome> {
  const reason = skipReason(entry);
  if (reason !== undefined) {
    return { id: entry.id, status: 'skipped', reason };
  }
  const recording = corpus.load(entry);
  const response = await fetch(`${product.state.gatewayUrl}${paths[entry.endpoint]}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.state.demo.apiKey}`, 'content-type': 'application/json' },
    body: requestOf(recording),
  });
  const text = await response.text();
  const received = withoutOwnWords(corpus.factsOf(recording, response.status, text), entry);
  const recorded = withoutOwnWords(recording.facts, entry);
  const isEqual = isDeepStrictEqual(received, recorded);
  return {
    id: entry.id,
    status: isEqual ? 'passed' : 'failed',
    reason: isEqual
      ? ''
      : `${response.status}: ${JSON.stringify(received)} instead of ${JSON.stringify(recorded)}`.slice(0, 4_000),
  };
}

/** The recorded request with the name under which the replay finds its answer; one is made up where none was kept. */
function requestOf(recording: Recording): string {
  const isStream = recording.tags.includes('stream');
  const recorded: Record<string, unknown> | undefined =
    recording.requestBody === null ? undefined : JSON.parse(recording.requestBody);
  const body = recorded ?? {
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 1_024,
    ...(isStream ? { stream: true } : {}),
  };
  const wantsUsage =
    recorded === undefined && isStream && recording.endpoint === 'chat' && recording.facts?.['usage'] !== undefined;
  return JSON.stringify({
    ...body,
    model: `${recording.provider}/corpus--${recording.id}`,
    ...(wantsUsage ? { stream_options: { include_usage: true } } : {}),
  });
}

/** An error's type and code are ours by contract, whatever the vendor calls them; its message is the vendor's. */
function withoutOwnWords(facts: Facts | null, entry: RecordingEntry): unknown {
  if (facts?.kind !== 'error') {
    return JSON.parse(JSON.stringify(facts));
  }
  return { kind: facts.kind, message: facts['message'], isAboutOurKey: entry.status === 401 };
}

/** A port that nobody listens on now: the gateway is told of it before the replay takes it. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('No port.')),
      );
    });
  });
}
