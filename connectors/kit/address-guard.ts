// Which network addresses a connector may dial: public ones, and private ones only when the operator lists them.
import { BlockList, isIP, isIPv4 } from 'node:net';

/** IANA special-purpose registry for IPv4 (RFC 6890 and successors), multicast and reserved space. */
const REFUSED_IPV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Inside the global unicast space 2000::/3: tunnels that carry an IPv4 address, and documentation prefixes. */
const REFUSED_IPV6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const refusedIpv4 = listOf(REFUSED_IPV4, 'ipv4');
const refusedIpv6 = listOf(REFUSED_IPV6, 'ipv6');
const globalIpv6 = listOf([['2000::', 3]], 'ipv6');

/** `allowed` are addresses or CIDR blocks; throws a RangeError on anything else, so that a typing error never opens a door. */
export function addressGuard(allowed: readonly string[]): (address: string) => boolean {
  const exceptions = new BlockList();
  for (const entry of allowed) addBlock(exceptions, entry);
  return (address) => {
    const family = isIP(address);
    // A zone such as fe80::1%eth0 names a link-local scope.
    if (family === 0 || address.includes('%')) return false;
    const kind = family === 4 ? 'ipv4' : 'ipv6';
    if (exceptions.check(address, kind)) return true;
    if (kind === 'ipv4') return !refusedIpv4.check(address, 'ipv4');
    // Outside 2000::/3 lie ::1, fe80::, fc00::, ff00::, ::ffff:0:0/96 (mapped IPv4) and 64:ff9b::/96 (translated IPv4).
    return globalIpv6.check(address, 'ipv6') && !refusedIpv6.check(address, 'ipv6');
  };
}

function addBlock(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/');
  const bits = isIPv4(address) ? 32 : 128;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (isIP(address) === 0 || rest.length > 0 || !(length >= 0 && length <= bits)) {
    throw new RangeError('an allowed address is neither an address nor a CIDR block');
  }
  list.addSubnet(address, length, bits === 32 ? 'ipv4' : 'ipv6');
}

function listOf(blocks: readonly [string, number][], kind: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of blocks) list.addSubnet(address, prefix, kind);
  return list;
}
