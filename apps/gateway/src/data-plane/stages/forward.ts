import type { UpstreamAgent } from '@turnpike/platform/http/upstream-agent';
import { type Dispatcher, errors } from 'undici';

import type { Upstream, UpstreamExchange, UpstreamListener, UpstreamTimeouts } from '../ports.ts';

type Headers = Readonly<Record<string, string>>;
type ResponseHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Thrown into undici to close a connection that we no longer want; never shown to anybody. */
class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/**
 * Sends requests through the agent's `dispatch`: no fetch, no web streams, no AbortController per call, because each
 * of them costs more than the whole rest of the path.
 */
export function createUpstream(agent: UpstreamAgent): Upstream {
  return {
    send(request, timeouts, listener) {
      const exchange = new Exchange(timeouts, listener);
      try {
        agent.dispatch(
          {
            origin: request.origin,
            path: request.path,
            method: 'POST',
            headers: flatList(request.headers),
            body: request.body,
            headersTimeout: timeouts.headMs,
            bodyTimeout: timeouts.idleMs,
          },
          exchange,
        );
      } catch (error) {
        exchange.onResponseError(undefined, toError(error));
      }
      return exchange;
    },
  };
}

/** One request's undici handler and the hand that steers it; a class so that all of them share one shape. */
class Exchange implements UpstreamExchange, Dispatcher.DispatchHandler {
  readonly #listener: UpstreamListener;
  readonly #timeouts: UpstreamTimeouts;
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;

  constructor(timeouts: UpstreamTimeouts, listener: UpstreamListener) {
    this.#timeouts = timeouts;
    this.#listener = listener;
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    if (!this.#isOver) {
      this.#controller?.resume();
    }
  }

  destroy(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#controller?.abort(new Abandoned());
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) {
      controller.abort(new Abandoned());
    }
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    // 1xx answers announce the real one.
    if (!this.#isOver && status >= 200) {
      this.#listener.onHead(status, flatten(headers));
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver) {
      this.#listener.onData(chunk);
    }
  }

  onResponseEnd(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#listener.onEnd();
    }
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    if (error instanceof errors.HeadersTimeoutError) {
      this.#listener.onFailure('timeout', `No answer within ${this.#timeouts.headMs} ms.`);
    } else if (error instanceof errors.BodyTimeoutError) {
      this.#listener.onFailure('timeout', `The answer stalled for ${this.#timeouts.idleMs} ms.`);
    } else if (error instanceof errors.ConnectTimeoutError) {
      this.#listener.onFailure('timeout', 'The provider could not be reached in time.');
    } else if (isProtocolError(error)) {
      this.#listener.onFailure('malformed', 'The provider broke the HTTP protocol.');
    } else {
      this.#listener.onFailure('connection', 'The connection to the provider failed.');
    }
  }
}

function isProtocolError(error: Error): boolean {
  return (
    error.name === 'HTTPParserError' ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseExceededMaxSizeError
  );
}

function flatList(headers: Headers): string[] {
  const list: string[] = [];
  for (const name in headers) {
    list.push(name, headers[name] ?? '');
  }
  return list;
}

function flatten(headers: ResponseHeaders): Headers {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      flat[name] = Array.isArray(value) ? value.join(', ') : value;
    }
  }
  return flat;
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('The request could not be sent.', { cause: thrown });
}
