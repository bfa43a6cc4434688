import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { ErrorCode } from '@turnpike/core/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Node's own words for what it could not parse → the status that tells the client most. */
const statuses: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/**
 * Answers what is not HTTP, or not HTTP that a proxy and we would read alike, with a JSON error and closes the
 * connection: nothing that follows on it can be trusted.
 */
export function answerBrokenRequest(error: { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = statuses[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const body = renderBody('invalid_request', message);
  socket.end(
    `HTTP/1.1 ${status} Error\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Answers a request whose path cannot be decoded: no route can say which protocol it wanted. */
export function answerUnreadablePath(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  endWith(response, 400, 'invalid_request', 'The path of the request cannot be read.');
}

/** Answers a path beside `/v1`: the management API and the pages live elsewhere. */
export function answerNothingHere(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  endWith(response, 404, 'not_found', 'There is nothing here: models are called under /v1.');
}

/** Refuses an HTTP/1.1 request without a Host (RFC 9112 §3.2). */
export function refuseMissingHost({ raw }: FastifyRequest, reply: FastifyReply, next: () => void): void {
  if (raw.headers.host !== undefined || raw.httpVersion === '1.0') {
    next();
    return;
  }
  reply.hijack();
  raw.resume();
  endWith(reply.raw, 400, 'invalid_request', 'The request names no Host.');
}

function endWith(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  const body = renderBody(code, message);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(body);
}

function renderBody(code: ErrorCode, message: string): string {
  return JSON.stringify({
    error: { message, type: 'invalid_request_error', code, param: null, metadata: {} },
  });
}
