import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** The largest body that the vendors take, and a little more. */
const maxBodyBytes = 64 * 1024 * 1024;

/**
 * Collects a request's body and calls back once: with the body, or with a refusal when it is too large. A client that
 * goes away before the end gets no call.
 */
export function readBody(request: IncomingMessage, done: (problem: Refusal | undefined, body: Buffer) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= maxBodyBytes) parts.push(part);
    else parts.length = 0;
  });
  request.on('end', () => {
    const [only] = parts;
    if (size > maxBodyBytes) done(new Refusal('too_large'), Buffer.alloc(0));
    else done(undefined, parts.length === 1 && only !== undefined ? only : Buffer.concat(parts));
  });
}
