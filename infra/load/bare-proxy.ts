/**
 * What Node itself costs: a reverse proxy that does nothing but forward, with node:http towards the client and undici's
 * `dispatch` towards the upstream. It keeps back-pressure and drops the upstream when its client goes, as any proxy must.
 * Its argument is the upstream's port.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { announcePort } from './programs.ts';

/** More connections than any scenario has streams: a smaller pool would queue streams and look like a slow first token. */
const pool = new Pool(`http://127.0.0.1:${process.argv[2] ?? ''}`, { connections: 8_192, pipelining: 1 });

/** Forwards one answer to a client. */
class Forward implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.once('close', () => {
      if (!this.#response.writableFinished) controller.abort(new Error('The client went away.'));
    });
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const kept = ['content-type', 'content-length'].flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [name, value] : [];
    });
    this.#response.writeHead(status, kept);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    if (!this.#response.headersSent) this.#response.writeHead(502);
    this.#response.end();
  }
}

function forward(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const [only] = parts;
    const headers = ['content-type', 'application/json', 'authorization', 'Bearer upstream'];
    const body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    pool.dispatch({ method: 'POST', path: request.url ?? '/', headers, body }, new Forward(response));
  });
}

announcePort(createServer({ keepAliveTimeout: 60_000, noDelay: true }, forward));
