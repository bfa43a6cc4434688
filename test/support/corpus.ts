import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Recorded provider traffic that may lie beside the checkout. It is not part of the project. */
export const corpusFolder = resolve(import.meta.dirname, '../../../shared/corpus');
export const hasCorpus = existsSync(join(corpusFolder, 'index.json'));

export interface RecordingEntry {
  readonly id: string;
  readonly file: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly status: number;
  readonly tags: readonly string[];
}

export interface Recording extends RecordingEntry {
  readonly requestBody: string | null;
  readonly requestBodyEncoding: string;
  readonly responseBody: string;
  readonly responseBodyEncoding: string;
  readonly facts: Facts | null;
}

/** What a response says, read from its own wire format. */
export type Facts = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface Replay {
  readonly url: string;
  close(): Promise<void>;
}

export interface CorpusTools {
  readonly recordings: readonly RecordingEntry[];
  load(entry: RecordingEntry): Recording;
  factsOf(recording: Recording, status: number, body: string): Facts | null;
  startReplay(chunk: 'whole' | 'random', port: number): Promise<Replay>;
}

interface FactsModule {
  facts(recording: Omit<Recording, 'facts'>): Facts | null;
}

interface ReplayModule {
  startReplay(options: { corpus: string; port: number; chunk: string; seed: number }): Promise<Replay>;
}

/** Loads the corpus and the tools that read and replay it. Call only where `hasCorpus`. */
export async function openCorpus(): Promise<CorpusTools> {
  const tools = resolve(corpusFolder, '../tools');
  const factsModule: FactsModule = await import(pathToFileURL(join(tools, 'facts.mjs')).href);
  const replayModule: ReplayModule = await import(pathToFileURL(join(tools, 'replay-upstream.mjs')).href);
  const recordings: readonly RecordingEntry[] = JSON.parse(readFileSync(join(corpusFolder, 'index.json'), 'utf8'));
  return {
    recordings,
    load: (entry) => JSON.parse(readFileSync(join(corpusFolder, entry.file), 'utf8')),
    factsOf: (recording, status, body) =>
      factsModule.facts({ ...recording, status, responseBody: body, responseBodyEncoding: 'utf8' }),
    startReplay: (chunk, port) => replayModule.startReplay({ corpus: corpusFolder, port, chunk, seed: 7 }),
  };
}
