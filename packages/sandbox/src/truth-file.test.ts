import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox } from './server.ts';
import type { Sandbox } from './server.ts';
import { readTruthFile } from './truth-file.ts';
import type { TruthCall } from './truth-file.ts';

let folder: string;
let path: string;
let sandbox: Sandbox;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-truth-'));
  path = join(folder, 'truth.jsonl');
  sandbox = await startSandbox({ truthFile: path });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const post = (
  attempt: string,
  directives: string,
  { stream = false, signal = null as AbortSignal | null, usage = false } = {},
) =>
  fetch(`${sandbox.url}/v1/chat/completions`, {
    method: 'POST',
    signal,
    headers: { authorization: 'Bearer k', ...(attempt === '' ? {} : { 'x-client-request-id': attempt }) },
    body: JSON.stringify({
      model: 'sandbox-chat',
      stream,
      ...(usage ? { stream_options: { include_usage: true } } : {}),
      messages: [{ role: 'user', content: `Hi [sandbox: ${directives}]` }],
    }),
  });

/** The calls in the truth file, once as many as expected have ended. */
async function ended(count: number): Promise<readonly TruthCall[]> {
  await expect
    .poll(() => readTruthFile(path).filter((call) => call.end !== null).length, { timeout: 5_000 })
    .toBe(count);
  return readTruthFile(path);
}

describe('the truth file', () => {
  test('knows a call before its answer begins', async () => {
    const controller = new AbortController();
    const answer = post('req_1.1', 'latency=60000', { signal: controller.signal });
    await expect.poll(() => readTruthFile(path).length).toBe(1);
    expect(readTruthFile(path)[0]).toMatchObject({
      attempt: 'req_1.1',
      dialect: 'openai-chat',
      model: 'sandbox-chat',
      isStream: false,
      status: 200,
      end: null,
    });
    controller.abort();
    await expect(answer).rejects.toThrow(/abort/);
  });

  test('tells what a whole answer reported and sent', async () => {
    const response = await post('req_2.1', 'tokens=12 cached=7');
    const text = await response.text();
    const usage: unknown = JSON.parse(text);
    const [call] = await ended(1);
    expect(usage).toMatchObject({ usage: { prompt_tokens: call?.end?.inputTokens, completion_tokens: 12 } });
    expect(call?.end).toMatchObject({
      outputTokens: 12,
      cachedTokens: 7,
      generatedTokens: 12,
      bytesSent: Buffer.byteLength(text),
      outcome: 'finished',
    });
  });

  test('tells what a stream generated, with usage only where the client got it', async () => {
    const plain = await (await post('a.1', 'tokens=5', { stream: true })).text();
    await (await post('b.1', 'tokens=5 gap=1', { stream: true, usage: true })).text();
    const calls = await ended(2);
    expect(calls[0]?.end).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      generatedTokens: 5,
      outcome: 'finished',
    });
    expect(calls[0]?.end?.bytesSent).toBe(Buffer.byteLength(plain));
    expect(calls[1]?.end).toMatchObject({ outputTokens: 5, generatedTokens: 5, chunksSent: 6, outcome: 'finished' });
  });

  test('knows that a client went away, and what it had been sent by then', async () => {
    const controller = new AbortController();
    const response = await post('c.1', 'tokens=500 gap=20', { stream: true, signal: controller.signal, usage: true });
    const reader = response.body?.getReader();
    await reader?.read();
    setTimeout(() => controller.abort(), 150);
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow(/abort/);
    const [call] = await ended(1);
    expect(call?.end).toMatchObject({ outcome: 'aborted', inputTokens: null });
    expect(call?.end?.generatedTokens).toBeGreaterThan(1);
    expect(call?.end?.generatedTokens).toBeLessThan(100);
  });

  test('knows that a client went away before the first byte', async () => {
    const controller = new AbortController();
    const waiting = post('d.1', 'latency=5000', { signal: controller.signal });
    await expect.poll(() => readTruthFile(path).length).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toThrow(/abort/);
    const [call] = await ended(1);
    expect(call?.end).toMatchObject({ outcome: 'aborted', bytesSent: 0, generatedTokens: 0 });
  });

  test('tells faults of its own from clients that went', async () => {
    await expect((await post('e.1', 'tokens=9 cut=3', { stream: true })).text()).rejects.toThrow('terminated');
    const [call] = await ended(1);
    expect(call?.end).toMatchObject({ outcome: 'cut', generatedTokens: 3, chunksSent: 3 });
  });

  test('records refusals and every retry, each under its own attempt', async () => {
    await post('f.1', 'status=500 times=1 id=truth');
    await post('f.2', 'status=500 times=1 id=truth');
    await post('', 'echo');
    const calls = await ended(3);
    expect(calls.map((call) => [call.attempt, call.status])).toEqual([
      ['f.1', 500],
      ['f.2', 200],
      [null, 200],
    ]);
    expect(calls[0]?.end).toMatchObject({ inputTokens: null, generatedTokens: 0 });
    expect(new Set(calls.map((call) => call.call)).size).toBe(3);
  });

  test('records embeddings and leaves the list of models out', async () => {
    const headers = { authorization: 'Bearer k', 'x-client-request-id': 'g.1' };
    await fetch(`${sandbox.url}/v1/models`, { headers });
    await fetch(`${sandbox.url}/v1/embeddings`, {
      method: 'POST',
      headers,
      body: '{"model":"m","input":"hello there"}',
    });
    const calls = await ended(1);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ dialect: 'openai-embeddings', end: { inputTokens: 3, outputTokens: 0 } });
  });

  test('survives a line that a crash tore, and a restart', async () => {
    await post('h.1', 'echo');
    await ended(1);
    appendFileSync(path, '{"event":"begin","call":"torn"');
    appendFileSync(path, '\n');
    const again = await startSandbox({ truthFile: path });
    await fetch(`${again.url}/v1/embeddings`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: '{"model":"m","input":"x"}',
    });
    expect(await ended(2)).toHaveLength(2);
    expect(again.truth?.calls()).toEqual(readTruthFile(path));
    await again.close();
  });

  test('holds no prompt and no key', async () => {
    await post('i.1', 'say="a secret answer"');
    await ended(1);
    expect(readFileSync(path, 'utf8')).not.toMatch(/secret|Bearer|Hi/);
  });
});
