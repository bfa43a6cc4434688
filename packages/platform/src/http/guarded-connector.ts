import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressPolicy, isAddressAllowed } from './address-policy.ts';

/** Resolves a name to all of its addresses, as `dns.lookup` with `all` does. */
export type ResolveHost = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A connection to an address that may not be called was refused before a byte was sent. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'EFORBIDDENADDRESS';

  constructor() {
    super('The host of this provider resolves to an address that may not be called.');
  }
}

const resolveHost: ResolveHost = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, callback);
};

/**
 * Opens connections to allowed addresses alone, in three walls: literals before the socket (Node does not call a
 * look-up for them), every address of a name at look-up (one forbidden address refuses the name, so that a mixed
 * answer cannot be retried into it), and the peer's address after connecting.
 */
export function createGuardedConnector(
  policy: AddressPolicy,
  timeoutMs: number,
  resolve: ResolveHost = resolveHost,
): buildConnector.connector {
  const connect = buildConnector({
    timeout: timeoutMs,
    allowH2: false,
    autoSelectFamily: true,
    lookup: createGuardedLookup(policy, resolve),
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isAddressAllowed(host, policy)) {
      callback(new ForbiddenAddressError(), null);
      return;
    }
    connect(options, (...result) => {
      const [error, socket] = result;
      if (error !== null) {
        callback(error, null);
      } else if (socket.remoteAddress === undefined || !isAddressAllowed(socket.remoteAddress, policy)) {
        socket.destroy();
        callback(new ForbiddenAddressError(), null);
      } else {
        callback(null, socket);
      }
    });
  };
}

function createGuardedLookup(policy: AddressPolicy, resolve: ResolveHost) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, options, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) {
        callback(error ?? Object.assign(new Error('The host has no address.'), { code: 'ENOTFOUND' }), []);
      } else if (!addresses.every(({ address }) => isAddressAllowed(address, policy))) {
        callback(new ForbiddenAddressError(), []);
      } else if (options.all === true) {
        callback(null, [...addresses]);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}
