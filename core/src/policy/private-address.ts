/** Addresses that are nobody's on the Internet: private, loopback, link-local and the like (RFC 6890). */
import { parseIp } from './ip-address.ts';

/**
 * True for an IP address outside the global unicast space, in every spelling that the system's resolver takes for one (127.1,
 * 0x7f000001, ::ffff:10.0.0.1); false for a host name.
 */
export function isPrivateAddress(host: string): boolean {
  const address = parseIp(host);
  return address !== undefined && address.range() !== 'unicast';
}

/** One spelling for each address; a host name stays as it is. */
export const canonicalAddress = (host: string): string => parseIp(host)?.toString() ?? host;

/** True for a host that is private by its text alone: such an address, or a name of this machine (RFC 6761 §6.3). */
export function isPrivateHost(host: string): boolean {
  const name = host.normalize('NFKC').replaceAll('。', '.').replace(/\.+$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || isPrivateAddress(name);
}
