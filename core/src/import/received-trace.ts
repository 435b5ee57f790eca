/** Reads out of Received headers who handed a mail over, by which name and when: as many mail servers write it. */
import ipaddr from 'ipaddr.js';
import { isPrivateClient } from '../checks/client-address.ts';
import { readMailDate } from '../checks/mail-date.ts';

/** One hop, as far as it can be read. */
export interface Hop {
  /** IPv4 never mapped into IPv6. */
  readonly ip?: string;
  /** The name given in HELO or EHLO. */
  readonly helo?: string;
  /** Milliseconds since 1970. */
  readonly at?: number;
}

const maxCharacters = 4_096;

/** `value`: the unfolded field (RFC 5321 §4.4). */
export function readReceived(value: string): Hop {
  const text = value.slice(0, maxCharacters);
  const from = fromClause(text);
  const ip = from === undefined ? undefined : addressIn(from);
  const helo = from === undefined ? undefined : heloIn(from);
  const at = readMailDate(text.slice(text.lastIndexOf(';') + 1));
  return {
    ...(ip === undefined ? {} : { ip }),
    ...(helo === undefined ? {} : { helo }),
    ...(at === undefined ? {} : { at }),
  };
}

/**
 * The hop that tells of the client: the topmost one that names a public address, since those above it are hops within
 * the house that received the mail; else the topmost one that names any.
 */
export function clientHop(received: readonly string[]): Hop | undefined {
  const hops = received.slice(0, maxHops).map(readReceived);
  const named = hops.filter(({ ip }) => ip !== undefined);
  return named.find(({ ip = '' }) => !isPrivateClient(ip)) ?? named[0];
}

/** Below these are the servers of others, which write what they like. */
const maxHops = 10;

/** What stands between `from` and `by`. */
const fromClause = (text: string): string | undefined => /^\s*from\s+(.*?)(?:\s+by\s|;|$)/is.exec(text)?.[1];

/**
 * The last address in brackets, else in parentheses: what the server saw stands behind what the client said, which may be
 * an address literal too.
 */
function addressIn(from: string): string | undefined {
  const bracketed = /\[(?:IPv6:)?([0-9a-f.:]{3,45})\]/gi;
  const bare = /\((?:[^()\s]+@)?(?:IPv6:)?([0-9a-f.:]{3,45})\)/gi;
  const seen = addressesLike(bracketed, from).at(-1) ?? addressesLike(bare, from).at(-1);
  return seen === undefined ? undefined : ipaddr.process(seen).toString();
}

const addressesLike = (pattern: RegExp, text: string): readonly string[] =>
  [...text.matchAll(pattern)].map(([, address = '']) => address).filter((address) => isAddress(address));

const isAddress = (text: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text));

/** `(HELO name)` of qmail, `(helo=name)` of exim and `(EHLO name)` are sure; else the first word is the name. */
function heloIn(from: string): string | undefined {
  const said = /\b(?:helo|ehlo)[ =]([^\s()]+)/i.exec(from)?.[1];
  const first = /^[^\s()]+/.exec(from)?.[0];
  const name = said ?? first;
  return name === undefined || name.toLowerCase() === 'unknown' ? undefined : name.slice(0, 255);
}
