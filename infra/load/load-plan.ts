import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { onCore } from './programs.ts';

/** What the load client is told to do. */
export const loadPlan = z.object({
  port: z.number(),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  connections: z.number(),
  /** Connections begin evenly over so many milliseconds. */
  rampMs: z.number(),
  /** Answers that begin in the first seconds are not measured. */
  warmUpSeconds: z.number(),
  /** After so many measured seconds no new request is sent; those on their way are waited for. */
  seconds: z.number(),
  /** Stop each connection after so many requests, whatever the time says; 0 for no such limit. */
  requestsPerConnection: z.number(),
  /** Content chunks that a stream must bring; 0 when answers are no streams. */
  expectedChunks: z.number(),
});

export type LoadPlan = z.output<typeof loadPlan>;

/** What the load client saw. Times are microseconds. */
export const loadFigures = z.object({
  /** Good answers within the measured time. */
  answers: z.number(),
  seconds: z.number(),
  /** Good answers in all, warm-up included: what CPU figures are divided by. */
  allAnswers: z.number(),
  chunks: z.number(),
  /** Streams that ended without all of their chunks and `[DONE]`, or did not end. */
  lostStreams: z.number(),
  notOk: z.number(),
  failures: z.number(),
  /** The first answer that was not good, for the message. */
  firstProblem: z.string(),
  latencyP50Us: z.number().nullable(),
  latencyP99Us: z.number().nullable(),
  firstTokenP50Us: z.number().nullable(),
  firstTokenP99Us: z.number().nullable(),
});

export type LoadFigures = z.output<typeof loadFigures>;

/** Runs the load client in a process of its own, beside everything that is not under test. */
export function runLoad(plan: LoadPlan): Promise<LoadFigures> {
  const script = fileURLToPath(new URL('load-client.ts', import.meta.url));
  const [command = process.execPath, ...args] = onCore('other', [process.execPath, script]);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(loadFigures.parse(JSON.parse(output)));
      else reject(new Error(`The load client ended with ${code ?? 'a signal'}.`));
    });
    child.stdin.end(JSON.stringify(plan));
  });
}
