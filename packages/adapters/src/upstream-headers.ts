import type { LaneContext } from './lane.ts';
import type { Protocol } from './protocol.ts';

/** Visible ASCII and spaces: anything else could split a header or a log line. */
const safeHeaderValue = /^[\x20-\x7e]{1,1024}$/;

/**
 * Headers of one attempt: the provider's own, the client's where the target speaks the same protocol, the credential,
 * and the attempt's id, by which a provider's records can be joined with ours.
 */
export function upstreamHeaders(context: LaneContext, target: Protocol): Readonly<Record<string, string>> {
  const { provider, credential, call } = context;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: call.isStream ? 'text/event-stream' : 'application/json',
    ...provider.headers,
  };
  if (target.name === call.protocol) {
    for (const name of target.forwardedHeaders) {
      const value = context.clientHeaders[name];
      if (value !== undefined && safeHeaderValue.test(value)) {
        headers[name] = value;
      }
    }
  }
  if (provider.auth.type === 'bearer') {
    headers['authorization'] = `Bearer ${credential.secret}`;
  } else {
    headers[provider.auth.name] = credential.secret;
  }
  headers['x-client-request-id'] = context.attemptId;
  return headers;
}
