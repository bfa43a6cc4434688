import { subscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';

/**
 * Appends the address of the peer to X-Forwarded-For of every request, as each proxy has to. Next only fills the
 * header in where it is missing, so that a client which sends one could choose the address that its login attempts
 * are counted on. The management API then believes exactly as many hops as it is told to.
 */
export function recordPeerAddresses(): void {
  subscribe('http.server.request.start', (message) => {
    const request = incomingOf(message);
    if (request !== undefined) {
      appendPeer(request.headers, request.socket.remoteAddress);
    }
  });
}

/** Adds `address` to the end of the header; a request without a peer address, such as one over a pipe, stays as it is. */
export function appendPeer(headers: IncomingMessage['headers'], address: string | undefined): void {
  if (address === undefined) {
    return;
  }
  const given = headers['x-forwarded-for'];
  const before = Array.isArray(given) ? given.join(', ') : given;
  headers['x-forwarded-for'] = before === undefined || before === '' ? address : `${before}, ${address}`;
}

function incomingOf(message: unknown): IncomingMessage | undefined {
  const request: unknown =
    typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined;
  return request instanceof IncomingMessage ? request : undefined;
}
