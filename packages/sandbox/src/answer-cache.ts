import type { Answer } from './answer.ts';

/** The oldest answers are dropped beyond this number. */
const maxAnswers = 512;
/** Longer answers are made anew each time, so that the cache stays under 32 MB. */
const maxBytes = 65_536;
/** A stream of more tokens than this is never joined to one buffer: it is made while it is sent. */
const maxJoinedTokens = 256;

interface KeptAnswer {
  readonly answer: Answer;
  readonly bytes: Buffer;
}

/** Keeps answers that a request gets each time again, as bytes: the second call costs one look-up and one write. */
export class AnswerCache {
  readonly #kept = new Map<string, KeptAnswer>();

  get(key: string): KeptAnswer | undefined {
    return this.#kept.get(key);
  }

  /** The bytes of an answer that may be sent in one write; undefined for a long stream. Keeps them when they are reusable. */
  keep(key: string, answer: Answer): Buffer | undefined {
    const bytes = bytesOf(answer);
    if (bytes === undefined || !answer.isReusable || bytes.length > maxBytes) return bytes;
    this.#kept.set(key, { answer, bytes });
    if (this.#kept.size > maxAnswers) {
      const oldest = this.#kept.keys().next();
      if (oldest.done !== true) this.#kept.delete(oldest.value);
    }
    return bytes;
  }
}

function bytesOf({ body, facts }: Answer): Buffer | undefined {
  if (typeof body === 'string') return Buffer.from(body);
  if (facts.generatedTokens > maxJoinedTokens) return undefined;
  let text = '';
  for (const frame of body()) text += frame.bytes;
  return Buffer.from(text);
}
