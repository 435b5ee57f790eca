/** Patterns of lists and exemptions: an address, a domain, a wildcard, an IP address or a network. */
import ipaddr from 'ipaddr.js';
import { isIp, parseIp } from './ip-address.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';

export type Pattern =
  /** One IP address or a network in CIDR notation (RFC 4632, RFC 4291 §2.3). */
  | { readonly kind: 'network'; readonly address: ipaddr.IPv4 | ipaddr.IPv6; readonly bits: number }
  /** `local@domain`; `*` stands for any run of characters in either part. */
  | { readonly kind: 'address'; readonly local: string; readonly domain: string }
  /** `example.org`: that domain alone; `*.example.org`: every name below it. */
  | { readonly kind: 'domain'; readonly domain: string };

const domainShape = /^(?:\*\.|\*$)?(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.|$))*$/u;

/** Reads a pattern as a person writes it; says what is wrong with one that matches nothing. */
export function parsePattern(text: string): Result<Pattern, Refusal<'bad-pattern'>> {
  const trimmed = text.trim().toLowerCase();
  const network = parseNetwork(trimmed);
  if (network !== undefined) return ok(network);
  const at = trimmed.lastIndexOf('@');
  const domain = trimmed.slice(at + 1).replace(/\.$/, '');
  if (domain !== '' && domain.length <= 255 && domainShape.test(domain)) {
    if (at < 0) return ok({ kind: 'domain', domain });
    const local = trimmed.slice(0, at);
    if (local === '' || !/\s/.test(local)) return ok({ kind: 'address', local: local || '*', domain });
  }
  return refuse(
    'bad-pattern',
    `“${text.slice(0, 80)}” is no pattern; write an address (a@b.example), a domain (b.example), *.b.example, or an IP address or network (192.0.2.0/24).`,
  );
}

function parseNetwork(text: string): Pattern | undefined {
  const [host = '', suffix, ...rest] = text.split('/');
  if (rest.length > 0 || !isWrittenOutIp(host)) return undefined;
  const address = ipaddr.process(host);
  const width = address.kind() === 'ipv4' ? 32 : 128;
  if (suffix === undefined) return { kind: 'network', address, bits: width };
  const bits = /^\d{1,3}$/.test(suffix) ? Number(suffix) : width + 1;
  return bits > width ? undefined : { kind: 'network', address, bits };
}

const isWrittenOutIp = (host: string): boolean =>
  isIp(host) && (host.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(host));

/** Whether an address of a mail (`local@domain`, '' for the null sender) matches; networks never do. */
export function matchesAddress(pattern: Pattern, address: string): boolean {
  if (pattern.kind === 'network') return false;
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  if (at < 0) return false;
  const domain = lower.slice(at + 1);
  if (!matchesWildcard(pattern.domain, domain)) return false;
  return pattern.kind === 'domain' || matchesWildcard(pattern.local, lower.slice(0, at));
}

/** Whether an IP address matches; an IPv4 address mapped into IPv6 counts as IPv4. */
export function matchesIp(pattern: Pattern, ip: string): boolean {
  if (pattern.kind !== 'network') return false;
  const address = parseIp(ip);
  return address?.kind() === pattern.address.kind() && address.match(pattern.address, pattern.bits);
}

/** `*` matches any run of characters. Linear in the text for one star, never exponential for more. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === text;
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
    return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}

/** The one spelling under which a pattern is stored and compared. */
export function patternText(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'network': {
      const width = pattern.address.kind() === 'ipv4' ? 32 : 128;
      return pattern.bits === width
        ? pattern.address.toString()
        : `${pattern.address.toString()}/${pattern.bits}`;
    }
    case 'address':
      return `${pattern.local}@${pattern.domain}`;
    case 'domain':
      return pattern.domain;
    default:
      return pattern satisfies never;
  }
}
