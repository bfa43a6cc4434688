import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { isJsonObject, type Json, type JsonObject } from '@turnpike/core/json';

import { objectOf, stringOf } from '../loose.ts';

/** One recorded call of a real provider. */
export interface Recording {
  readonly id: string;
  readonly provider: string;
  readonly endpoint: string;
  readonly status: number;
  readonly tags: readonly string[];
  readonly isStream: boolean;
  /** The client's body as text; undefined where the source kept only the answer. */
  readonly requestBody: string | undefined;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
  readonly responseBodyEncoding: string;
  /** What the answer says, read straight from the provider's format. */
  readonly facts: JsonObject;
}

/** Reads what an answer says in the dialect of an endpoint. */
export type ReadFacts = (
  recording: Pick<Recording, 'endpoint' | 'status' | 'tags' | 'responseBody' | 'responseBodyEncoding'>,
) => JsonObject;

export interface Corpus {
  readonly recordings: readonly Recording[];
  readonly readFacts: ReadFacts;
}

/** Recordings are kept beside the checkout, not in it: they are other projects' files. */
const sharedFolder = resolve(import.meta.dirname, '../../../../../shared');

/** Why the tests over recorded traffic do not run here; undefined when they do. */
export const corpusSkipReason = existsSync(join(sharedFolder, 'corpus/index.json'))
  ? undefined
  : 'no recorded traffic at ../shared/corpus';

/** The recordings of the providers and endpoints that this package serves. */
export async function loadCorpus(providers: readonly string[], endpoints: readonly string[]): Promise<Corpus> {
  const folder = join(sharedFolder, 'corpus');
  const index = readJson(join(folder, 'index.json'));
  const recordings = (Array.isArray(index) ? index : [])
    .filter(isJsonObject)
    .filter(
      (entry) =>
        providers.includes(stringOf(entry['provider']) ?? '') && endpoints.includes(stringOf(entry['endpoint']) ?? ''),
    )
    .map((entry) => readRecording(objectOf(readJson(join(folder, stringOf(entry['file']) ?? '')))));
  const tool: unknown = await import(pathToFileURL(join(sharedFolder, 'tools/facts.mjs')).href);
  return { recordings, readFacts: factsReader(tool) };
}

function readJson(path: string): Json {
  const value: Json = JSON.parse(readFileSync(path, 'utf8'));
  return value;
}

function readRecording(recording: JsonObject): Recording {
  const tags = (Array.isArray(recording['tags']) ? recording['tags'] : []).filter((tag) => typeof tag === 'string');
  const headers = Object.entries(objectOf(recording['responseHeaders'])).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return {
    id: stringOf(recording['id']) ?? '',
    provider: stringOf(recording['provider']) ?? '',
    endpoint: stringOf(recording['endpoint']) ?? '',
    status: typeof recording['status'] === 'number' ? recording['status'] : 0,
    tags,
    isStream: tags.includes('stream'),
    requestBody: stringOf(recording['requestBody']),
    responseHeaders: Object.fromEntries(headers),
    responseBody: stringOf(recording['responseBody']) ?? '',
    responseBodyEncoding: stringOf(recording['responseBodyEncoding']) ?? 'utf8',
    facts: objectOf(recording['facts']),
  };
}

function factsReader(tool: unknown): ReadFacts {
  const read: unknown = typeof tool === 'object' && tool !== null ? Reflect.get(tool, 'facts') : undefined;
  if (typeof read !== 'function') {
    throw new TypeError('The facts tool exports no function `facts`.');
  }
  return (recording) => {
    const facts: unknown = Reflect.apply(read, undefined, [recording]);
    return isJsonObject(facts) ? facts : {};
  };
}
