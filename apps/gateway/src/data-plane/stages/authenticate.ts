import { BlockList, isIPv6 } from 'node:net';

import { assertUsable } from '@turnpike/core/access/authorize';
import { parseApiKey } from '@turnpike/core/access/api-key';
import type { Principal } from '@turnpike/core/access/principal';
import { GatewayError } from '@turnpike/core/errors';

import type { Call } from '../call.ts';
import type { Clock, KeyStore } from '../ports.ts';

const credentialHeaders: ReadonlySet<string> = new Set(['authorization', 'x-api-key']);
const addressLists = new WeakMap<readonly string[], BlockList>();

/**
 * Who is calling. The one place that reads a credential, from `Authorization: Bearer` or `x-api-key`. Throws
 * GatewayError: 400 for repeated or contradicting credentials, 401 for none or a bad one, 403 for a key that may not
 * be used here.
 */
export async function authenticate(keys: KeyStore, clock: Clock, call: Call): Promise<Principal> {
  const key = readCredential(call);
  const found = parseApiKey(key) === undefined ? undefined : keys.resolve(key);
  const principal = found instanceof Promise ? await found : found;
  if (principal === undefined) {
    throw new GatewayError(
      'invalid_api_key',
      `Incorrect API key provided: ${maskKey(key)}. Your keys are listed in the dashboard.`,
    );
  }
  assertUsable(principal, clock.nowMs());
  assertAddressAllowed(principal, call.remoteAddress);
  return principal;
}

function readCredential(call: Call): string {
  let seen = 0;
  for (let index = 0; index < call.rawHeaders.length; index += 2) {
    if (credentialHeaders.has(call.rawHeaders[index]?.toLowerCase() ?? '')) {
      seen += 1;
    }
  }
  const authorization = call.header('authorization');
  const apiKey = call.header('x-api-key');
  const bearer = authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  const isRepeated = seen > Number(authorization !== undefined) + Number(apiKey !== undefined);
  if (isRepeated || (bearer !== undefined && apiKey !== undefined && bearer !== apiKey)) {
    throw new GatewayError(
      'invalid_request',
      'Send one API key, in one header: `Authorization: Bearer …` or `x-api-key`.',
    );
  }
  const key = apiKey ?? bearer;
  if (key === undefined || key === '') {
    throw new GatewayError(
      'missing_api_key',
      authorization === undefined
        ? 'Send your API key as `Authorization: Bearer …` or `x-api-key: …`.'
        : 'The Authorization header must read `Bearer` and your API key.',
    );
  }
  return key;
}

/** At most the last four characters of a key appear in an answer, and none of a short one. */
function maskKey(key: string): string {
  return key.length < 12 ? '****' : `****${key.slice(-4).replaceAll(/[^\w-]/g, '?')}`;
}

function assertAddressAllowed(principal: Principal, address: string): void {
  if (principal.allowedIps === undefined) {
    return;
  }
  let list = addressLists.get(principal.allowedIps);
  if (list === undefined) {
    list = toBlockList(principal.allowedIps);
    addressLists.set(principal.allowedIps, list);
  }
  if (!list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
    throw new GatewayError(
      'ip_not_allowed',
      'This API key may not be used from your address. An admin can allow it on the key’s page.',
    );
  }
}

function toBlockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) {
      list.addAddress(address, family);
    } else {
      list.addSubnet(address, Number(bits), family);
    }
  }
  return list;
}
