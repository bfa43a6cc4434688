import ipaddr from 'ipaddr.js';

export interface AddressPolicy {
  /** Loopback, private networks and unique local addresses: for development and self-hosted models. */
  readonly allowsPrivate: boolean;
}

/** Ranges that a development or self-hosted upstream may live in. Link-local is not one: cloud metadata lives there. */
const privateRanges: ReadonlySet<string> = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** The only block of IPv6 from which public addresses are given out (RFC 4291 §2.4, IANA registry). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Documentation (RFC 9637), not in the library's table. */
const documentation = ipaddr.IPv6.parseCIDR('3fff::/20');

/**
 * Whether an address may be called. It is an allow-list: IPv4 without every special range, and of IPv6 only global
 * unicast without the blocks that carry another address inside (6to4, Teredo, NAT64, mapped): a deny-list missed those
 * in several gateways. Text that is no address is refused.
 */
export function isAddressAllowed(address: string, { allowsPrivate }: AddressPolicy): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) {
    return false;
  }
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress()) {
    // The kernel treats a mapped address as the IPv4 address inside it.
    return isAddressAllowed(parsed.toIPv4Address().toString(), { allowsPrivate });
  }
  const range = parsed.range();
  if (allowsPrivate && privateRanges.has(range)) {
    return true;
  }
  if (range !== 'unicast') {
    return false;
  }
  return parsed instanceof ipaddr.IPv4 || (parsed.match(globalUnicast) && !parsed.match(documentation));
}
