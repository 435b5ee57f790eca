/** What can be told of a client from its address alone, and the names under which DNS knows it. */
import ipaddr from 'ipaddr.js';
import { isIp, parseIp } from '../policy/ip-address.ts';

const privateRanges = new Set([
  'loopback',
  'private',
  'linkLocal',
  'uniqueLocal',
  'carrierGradeNat',
  'unspecified',
]);

/** Loopback, private or link-local (RFC 1918, RFC 4193, RFC 6598, RFC 6890); also what is no address at all. */
export const isPrivateClient = (ip: string): boolean =>
  privateRanges.has(parseIp(ip)?.range() ?? 'unspecified');

/** The labels under which DNS lists an address: octets (RFC 5782 §2.1) or nibbles (§2.4) in reverse, joined by dots. */
export function reversedAddress(ip: string): string {
  const address = ipaddr.process(ip);
  const bytes = address.toByteArray();
  const labels =
    address.kind() === 'ipv4'
      ? bytes.map(String)
      : bytes.flatMap((byte) => [(byte >> 4).toString(16), (byte & 15).toString(16)]);
  return labels.toReversed().join('.');
}

export const isIpv4 = (ip: string): boolean => ipaddr.process(ip).kind() === 'ipv4';

/** The name that a PTR question asks for (RFC 1035 §3.5, RFC 3596 §2.5). */
export const reverseName = (ip: string): string =>
  `${reversedAddress(ip)}.${isIpv4(ip) ? 'in-addr.arpa' : 'ip6.arpa'}`;

/** Whether two spellings mean the same address. */
export const isSameAddress = (a: string, b: string): boolean =>
  isIp(a) && isIp(b) && parseIp(a)?.toNormalizedString() === parseIp(b)?.toNormalizedString();

/** Whose address it is: one of IPv4, or the /64 that a host of IPv6 has to itself (RFC 6177). */
export const siteOf = (ip: string): string => maskedTo(ip, 32, 64);

/** The network around it: a /24 of IPv4, or a /48 of IPv6. */
export const networkOf = (ip: string): string => maskedTo(ip, 24, 48);

function maskedTo(ip: string, v4: number, v6: number): string {
  const address = parseIp(ip);
  if (address === undefined) return ip.slice(0, 50);
  const bits = address.kind() === 'ipv4' ? v4 : v6;
  if (bits === 32 && address.kind() === 'ipv4') return address.toString();
  const bytes = address.toByteArray().map((byte, index) => (index * 8 < bits ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}
