import { isIP } from 'node:net';
import { GatewayError } from '@turnpike/core/errors';
import { type AddressPolicy, isAddressAllowed } from './address-policy.ts';

/** Names that resolve inside the host or the network, whatever the resolver says. */
const internalSuffixes = ['localhost', 'local', 'localdomain', 'internal', 'intranet', 'home.arpa', 'lan'];

const httpsPort = 443;
/** Below are ports of other protocols of the same hosts: mail, shells, name servers. */
const firstUnprivilegedPort = 1024;

/**
 * Reads the base URL of a provider and checks what can be checked before a name is resolved: scheme, credentials,
 * port, internal names, and literal addresses in any spelling (the URL parser has normalised those). Addresses behind
 * names are checked by the agent when it connects. Throws GatewayError `invalid_request` that says what to change.
 */
export function assertUpstreamUrl(text: string, policy: AddressPolicy): URL {
  const url = URL.parse(text);
  if (url === null) {
    throw refusal('The address of a provider must be a complete URL such as https://api.example.com/v1.');
  }
  if (url.protocol !== 'https:' && !(policy.allowsPrivate && url.protocol === 'http:')) {
    throw refusal('The address of a provider must begin with https://.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal('The address of a provider must not hold a user name or password; give the key apart.');
  }
  if (url.hash !== '' || url.search !== '') {
    throw refusal('The address of a provider must not have a query or fragment.');
  }
  const port = url.port === '' ? httpsPort : Number(url.port);
  if (!policy.allowsPrivate && port !== httpsPort && port < firstUnprivilegedPort) {
    throw refusal('The address of a provider must use port 443 or a port from 1024 on.');
  }
  if (!isHostAllowed(url.hostname, policy)) {
    throw refusal('The address of a provider must be reachable on the public internet.');
  }
  return url;
}

function isHostAllowed(hostname: string, policy: AddressPolicy): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(host) !== 0) {
    return isAddressAllowed(host, policy);
  }
  const isInternal =
    !host.includes('.') || internalSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
  return policy.allowsPrivate || !isInternal;
}

function refusal(message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param: 'base_url' });
}
