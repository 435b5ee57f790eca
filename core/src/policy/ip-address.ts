/** Reading IP addresses: the same few are asked about by many checks, and most texts that are asked about are none. */
import ipaddr from 'ipaddr.js';

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/** What no address can be without: the library finds out by throwing, which is dear. Zone ids (`%eth0`) included. */
const shape = /^[\da-fx:.]+(?:%[\w.-]+)?$/i;

/** Addresses asked about lately; the oldest tenth is forgotten when there are so many. */
const lately = new Map<string, IpAddress | undefined>();
const kept = 1_000;

/** Any spelling that the library takes; an IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) is read as IPv4. */
export function parseIp(text: string): IpAddress | undefined {
  if (!shape.test(text)) return undefined;
  const known = lately.get(text);
  if (known !== undefined) return known;
  const address = ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
  if (address !== undefined) remember(text, address);
  return address;
}

export const isIp = (text: string): boolean => parseIp(text) !== undefined;

function remember(text: string, address: IpAddress): void {
  if (text.length > 50) return;
  lately.set(text, address);
  if (lately.size <= kept) return;
  let left = kept / 10;
  for (const oldest of lately.keys()) {
    lately.delete(oldest);
    left -= 1;
    if (left === 0) return;
  }
}
