import type { Call } from './answer.ts';
import type { Digest } from './digest.ts';
import type { Refusal } from './refusal.ts';

/** A refusal in a vendor's own shape. */
export interface RenderedRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is the vendor's and not the format's: who may call, how errors look, which headers come along. */
export interface Vendor {
  readonly name: string;
  /** Checks the caller's key; throws a `Refusal` when it is missing or bad. Returns who calls, for keeping caches apart. */
  readonly admit: (call: Call) => string;
  readonly answerHeaders: (requestId: Digest, model: string) => Readonly<Record<string, string>>;
  readonly renderRefusal: (refusal: Refusal, requestId: Digest, model: string) => RenderedRefusal;
  /** An error in the middle of a stream: the frame that is sent instead of the rest. */
  readonly renderStreamError: (refusal: Refusal, requestId: Digest) => string;
}

/** The key of an `Authorization: Bearer` header; empty when there is none. */
export function bearerKey(header: string): string {
  return /^Bearer\s+(\S+)\s*$/i.exec(header)?.[1] ?? '';
}

/** A key that says so itself is a bad one; every other is good, so that no key has to be configured. */
export function isBadKey(key: string): boolean {
  return key.includes('invalid');
}

/** A model that says so itself does not exist; every other name is served, so that the sandbox can stand in for any. */
export function isUnknownModel(model: string): boolean {
  return model === '' || /unknown|nonexistent|non-existent|does-not-exist|not-found/.test(model);
}
