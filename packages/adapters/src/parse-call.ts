import { GatewayError } from '@turnpike/core/errors';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';
import { isJsonObject, type JsonObject } from '@turnpike/core/json';

import { scanBody, type ObjectLayout } from './framing/scan.ts';
import { findProtocol } from './protocols/index.ts';

/** What the call needs of a model, so that only endpoints which can serve it are planned. */
export interface CallNeeds {
  readonly tools: boolean;
  readonly jsonSchema: boolean;
  readonly images: boolean;
  readonly audio: boolean;
  readonly documents: boolean;
}

/** A client's call, read and checked once at the border. */
export interface ParsedCall {
  readonly protocol: ProtocolName;
  readonly operation: Operation;
  /** As the client wrote it. */
  readonly model: string;
  readonly isStream: boolean;
  /** The client asked for usage in its stream. */
  readonly wantsUsage: boolean;
  /** Per choice; the larger one where the client gave two. */
  readonly maxOutputTokens: number | undefined;
  readonly choiceCount: number;
  /** The most web searches that the provider may charge for; 0 where the call asks for none. */
  readonly searchesBound: number;
  /** At most 256 characters, control characters and lone surrogates removed. */
  readonly endUser: string | undefined;
  /** An upper bound of input tokens (money-protocol.md §1): never below what any provider reports. */
  readonly inputTokensBound: number;
  /** Bytes of the body without media in base64: what an estimate of the input is made of. */
  readonly textBytes: number;
  readonly needs: CallNeeds;
  readonly bytes: Uint8Array;
  readonly body: JsonObject;
  /** Where the members of the body stand in `bytes`, so that edits are splices. */
  readonly layout: ObjectLayout;
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/**
 * Reads a client's body: one scan of the bytes, one `JSON.parse`, one check of the protocol's types. Throws
 * GatewayError `invalid_request` with the parameter and what to do for everything that is malformed.
 */
export function parseCall(protocolName: ProtocolName, received: Uint8Array): ParsedCall {
  const protocol = findProtocol(protocolName);
  const bytes = byteOrderMark.every((byte, index) => received[index] === byte) ? received.subarray(3) : received;
  const text = decodeBody(bytes);
  const layout = scanBody(bytes);
  const body = parseBody(text);
  if (!isJsonObject(body) || layout === undefined) {
    throw new GatewayError('invalid_request', 'The body must be a JSON object.');
  }
  const facts = protocol.readRequestFacts(body);
  return {
    protocol: protocolName,
    operation: protocol.operation,
    model: facts.model,
    isStream: facts.isStream,
    wantsUsage: facts.wantsUsage,
    maxOutputTokens: facts.maxOutputTokens,
    choiceCount: facts.choiceCount,
    searchesBound: facts.searchesBound,
    endUser: facts.endUser,
    inputTokensBound: bytes.length - facts.mediaCharacters + facts.hiddenTokens,
    textBytes: bytes.length - facts.mediaCharacters,
    needs: facts.needs,
    bytes,
    body,
    layout,
  };
}

function decodeBody(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body is not valid UTF-8.', { cause });
  }
}

function parseBody(text: string): unknown {
  if (text.trim() === '') {
    throw new GatewayError('invalid_request', 'The body is empty. Send a JSON object.');
  }
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch (cause) {
    // The parser's own message quotes the body; only its position is safe to repeat.
    const position = cause instanceof SyntaxError ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
    const where = position === undefined ? '' : ` (at position ${position})`;
    throw new GatewayError('invalid_request', `The body is not valid JSON${where}.`, { cause });
  }
}
