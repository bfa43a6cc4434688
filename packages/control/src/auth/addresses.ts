import { BlockList, isIPv6 } from 'node:net';

const hextets = 8;
/** A household or a server gets a whole /64: counting single IPv6 addresses counts nothing. */
const networkHextets = 4;

/** What attempts of an address are counted under: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) {
    return mapped;
  }
  if (!isIPv6(address)) {
    return address;
  }
  const [left = '', right = ''] = address.toLowerCase().split('%', 1)[0]?.split('::') ?? [];
  const head = left === '' ? [] : left.split(':');
  const tail = right === '' ? [] : right.split(':');
  const zeros = Array.from({ length: Math.max(0, hextets - head.length - tail.length) }, () => '0');
  const network = [...head, ...zeros, ...tail].slice(0, networkHextets);
  return `${network.map((hextet) => Number.parseInt(hextet, 16).toString(16)).join(':')}::/64`;
}

/** Whether an address is one of these addresses or in one of these CIDR ranges. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [base = '', bits] = range.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (bits === undefined) {
      list.addAddress(base, family);
    } else {
      list.addSubnet(base, Number(bits), family);
    }
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
