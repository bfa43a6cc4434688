import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { isJsonObject } from './json.ts';
import type { AnswerFacts } from './answer.ts';
import type { Delivered } from './player.ts';

/** What the sandbox knows of one call, whoever asks later. Token counts are those reported to the client, null where none were. */
export interface TruthCall {
  /** The value of `x-client-request-id`: `<request>.<attempt>` when a gateway called. */
  readonly attempt: string | null;
  /** Tells calls apart that carry no attempt. */
  readonly call: string;
  readonly beganAt: string;
  readonly dialect: string;
  readonly model: string | null;
  readonly isStream: boolean;
  readonly status: number;
  /** Null while the call runs, or when the sandbox died with it. */
  readonly end: TruthEnd | null;
}

export interface TruthEnd {
  readonly endedAt: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly generatedTokens: number;
  readonly bytesSent: number;
  readonly chunksSent: number;
  readonly outcome: Delivered['outcome'];
}

/** An append-only file of what was asked and answered; each line is on its way to the disk before the answer begins. */
export class TruthFile {
  readonly path: string;
  readonly #fd: number;
  readonly #prefix = Date.now().toString(36);
  #count = 0;

  /** Opens the file for appending and creates it when missing. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'a');
  }

  /** Writes that a call arrived, before any of its answer is sent. Returns the name of the call for `end`. */
  begin(attempt: string, facts: AnswerFacts, status: number): string {
    this.#count += 1;
    const call = `${this.#prefix}-${this.#count}`;
    this.#append({
      event: 'begin',
      call,
      attempt: attempt === '' ? null : attempt,
      at: new Date().toISOString(),
      dialect: facts.dialect,
      model: facts.model,
      stream: facts.isStream,
      status,
    });
    return call;
  }

  /** Writes how the call ended: what was reported, generated and sent, and whether the client took it all. */
  end(call: string, attempt: string, facts: AnswerFacts, delivered: Delivered): void {
    const usage = delivered.isUsageSent ? facts.usage : null;
    this.#append({
      event: 'end',
      call,
      attempt: attempt === '' ? null : attempt,
      at: new Date().toISOString(),
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      cachedTokens: usage?.cachedTokens ?? null,
      generatedTokens: delivered.generatedTokens,
      bytesSent: delivered.bytesSent,
      chunksSent: delivered.chunksSent,
      outcome: delivered.outcome,
    });
  }

  /** The calls written so far, in the order they began. */
  calls(): readonly TruthCall[] {
    return readTruthFile(this.path);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(record: Readonly<Record<string, unknown>>): void {
    writeSync(this.#fd, `${JSON.stringify(record)}\n`);
  }
}

/** Reads a truth file, joining the two lines of each call. A line that a crash cut short is left out. */
export function readTruthFile(path: string): readonly TruthCall[] {
  const calls = new Map<string, TruthCall>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const record = parseLine(line);
    if (record === undefined) continue;
    const name = text(record['call']) ?? '';
    const known = calls.get(name);
    if (record['event'] === 'begin') {
      calls.set(name, {
        attempt: text(record['attempt']),
        call: name,
        beganAt: text(record['at']) ?? '',
        dialect: text(record['dialect']) ?? '',
        model: text(record['model']),
        isStream: record['stream'] === true,
        status: count(record['status']) ?? 0,
        end: null,
      });
    } else if (known !== undefined) calls.set(name, { ...known, end: endOf(record) });
  }
  return [...calls.values()];
}

function endOf(record: Readonly<Record<string, unknown>>): TruthEnd {
  const { outcome } = record;
  return {
    endedAt: text(record['at']) ?? '',
    inputTokens: count(record['inputTokens']),
    outputTokens: count(record['outputTokens']),
    cachedTokens: count(record['cachedTokens']),
    generatedTokens: count(record['generatedTokens']) ?? 0,
    bytesSent: count(record['bytesSent']) ?? 0,
    chunksSent: count(record['chunksSent']) ?? 0,
    outcome: outcome === 'finished' || outcome === 'cut' ? outcome : 'aborted',
  };
}

function parseLine(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return isJsonObject(record) ? record : undefined;
  } catch {
    // Empty, or torn by a crash while it was written: a call without its line is what the reader is told.
    return undefined;
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
