import { config, log } from './main.ts';
import { recordPeerAddresses } from './peer-address.ts';

/** Makes the process ready. Throws ConfigError, naming every variable that is wrong, before the port is opened. */
export function start(): void {
  const { upstreams } = config();
  recordPeerAddresses();
  log().info({ event: 'started', host: new URL(upstreams.controlApiUrl).host }, 'The dashboard is ready.');
}

/** Writes an unhandled error under the digest that the visitor sees in its place. */
export function recordRequestError(error: unknown, request: { readonly method: string; readonly route: string }): void {
  const digest = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : undefined;
  log().error({ error, method: request.method, route: request.route, code: digest }, 'A request failed.');
}
