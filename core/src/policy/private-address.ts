/** Addresses that are nobody's on the Internet: private, loopback, link-local and the like (RFC 6890). */
import ipaddr from 'ipaddr.js';

/** True for an IP address outside the global unicast space; false for a host name. */
export function isPrivateAddress(host: string): boolean {
  return ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast';
}
