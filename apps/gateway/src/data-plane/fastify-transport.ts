import type { FastifyReply, FastifyRequest } from 'fastify';

import type { RequestId } from '@turnpike/core/ids';
import type { Operation, ProtocolName } from '@turnpike/core/inference/request';

import type { Call, Sink } from './call.ts';
import type { Clock } from './ports.ts';

/** Makes a Call of a Fastify request. The body parser of these routes leaves the bytes as they came. */
export function toCall(
  request: FastifyRequest,
  facts: { readonly requestId: RequestId; readonly protocol: ProtocolName; readonly operation: Operation },
  clock: Clock,
): Call {
  const { headers, rawHeaders } = request.raw;
  return {
    ...facts,
    receivedAtMs: clock.nowMs(),
    receivedAtTicksMs: clock.ticksMs(),
    remoteAddress: request.ip,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(0),
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    rawHeaders,
  };
}

/** Takes the reply out of Fastify's hands: back-pressure and the client's departure are seen on the socket itself. */
export function toSink(reply: FastifyReply): Sink {
  reply.hijack();
  return new ResponseSink(reply.raw);
}

type RawResponse = FastifyReply['raw'];

/** A class, so that every call's sink has one shape. */
class ResponseSink implements Sink {
  readonly #response: RawResponse;
  #isEnded = false;
  #isGone = false;
  #hasHead = false;
  readonly #goneListeners: (() => void)[] = [];

  constructor(response: RawResponse) {
    this.#response = response;
    response.once('close', () => {
      // A response that was ended and flushed closes as well; only an early close is a departure.
      if (!response.writableFinished && !this.#isGone) {
        this.#isGone = true;
        for (const listener of this.#goneListeners) {
          listener();
        }
      }
    });
    // Writing to a socket that the client has reset is reported here and again by `close`.
    response.on('error', () => undefined);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get hasHead(): boolean {
    return this.#hasHead;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (!this.#hasHead && !this.#isGone) {
      this.#hasHead = true;
      this.#response.writeHead(status, headers);
    }
  }

  write(bytes: Uint8Array): boolean {
    return this.#isGone || this.#isEnded || this.#response.write(bytes);
  }

  end(bytes?: Uint8Array): void {
    if (this.#isEnded || this.#isGone) {
      return;
    }
    this.#isEnded = true;
    if (bytes === undefined) {
      this.#response.end();
    } else {
      this.#response.end(bytes);
    }
  }

  destroy(): void {
    this.#isEnded = true;
    this.#response.destroy();
  }

  onDrain(listener: () => void): void {
    this.#response.once('drain', listener);
  }

  onGone(listener: () => void): void {
    this.#goneListeners.push(listener);
  }
}
