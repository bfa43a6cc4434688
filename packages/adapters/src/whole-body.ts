import type { UpstreamFailure } from '@turnpike/core/inference/failure';
import type { InferenceResponse } from '@turnpike/core/inference/response';

import { malformed } from './failures.ts';
import { decodeText, GrowingBytes } from './framing/bytes.ts';
import { isJsonObject } from '@turnpike/core/json';
import { tryParseJson } from './loose.ts';
import { cleanMessage } from './clean-message.ts';
import type { AnswerHints, ChatProtocol } from './protocol.ts';

/** Answers that are no stream although one was asked for are kept up to this size. */
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * Recognises a provider that answers a stream request with something else: a JSON body (an error, or the whole
 * answer) or a web page. Events begin with a field's name or a colon, never with `{` or `<`.
 */
export class WholeBody {
  private readonly kept = new GrowingBytes();
  private mode: 'unknown' | 'events' | 'body' = 'unknown';
  private isTooLarge = false;

  /** True when the bytes belong to a body, and so are no events. */
  takes(bytes: Uint8Array): boolean {
    if (this.mode === 'unknown') {
      const first = bytes.find((byte) => byte > 0x20);
      if (first !== undefined) {
        this.mode = first === 0x7b || first === 0x3c ? 'body' : 'events';
      }
    }
    if (this.mode !== 'body') {
      return false;
    }
    if (this.kept.length + bytes.length > maxBodyBytes) {
      this.isTooLarge = true;
    } else {
      this.kept.append(bytes);
    }
    return true;
  }

  /** The whole body; undefined when the provider did send events. */
  take(): Uint8Array | undefined {
    return this.mode === 'body' ? this.kept.take() : undefined;
  }

  /** What the body says: the answer itself, or why it is none. */
  read(bytes: Uint8Array, protocol: ChatProtocol, hints: AnswerHints): InferenceResponse | UpstreamFailure {
    if (this.isTooLarge) {
      return malformed('The provider sent an answer that is too large.', 200);
    }
    const text = decodeText(bytes);
    const body = tryParseJson(text);
    if (!isJsonObject(body)) {
      return malformed(cleanMessage(text) || 'The provider sent neither events nor JSON.', 200);
    }
    return protocol.parseResponse(body, hints);
  }
}
