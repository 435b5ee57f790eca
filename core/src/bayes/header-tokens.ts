/** Tokens of the headers: each under its name; those that differ with every mail are reduced to what repeats. */
import type { HeaderField } from '../ports/message-inspector.ts';
import type { Family, TokenBag } from './token-bag.ts';
import { seedOf } from './token-hash.ts';
import { addWords } from './words.ts';

/** Written by us, by filters before us, or by mailbox stores: what they say is no property of the mail. */
const isLeftOut = (name: string): boolean =>
  leftOut.has(name) ||
  name.startsWith('x-spam') ||
  name.startsWith('x-sluice') ||
  name.startsWith('x-bogo') ||
  name.startsWith('arc-');

const leftOut = new Set([
  'authentication-results',
  'received-spf',
  'delivered-to',
  'x-original-to',
  'envelope-to',
  'status',
  'x-status',
  'x-uid',
  'x-uidl',
  'x-keywords',
  'x-mozilla-status',
  'x-mozilla-status2',
  'lines',
  'content-length',
  'subject',
]);

/** Known by their presence alone. */
const opaque = new Set([
  'thread-index',
  'references',
  'in-reply-to',
  'dkim-signature',
  'domainkey-signature',
  'x-google-dkim-signature',
  'x-gm-message-state',
  'x-google-smtp-source',
]);

const headerLimit = 120;
const wordsLimit = 30;

const families = new Map<string, Family>();
/** Names that everybody writes are kept; hostile ones must not fill the memory. */
function familyOf(name: string): Family {
  const known = families.get(name);
  if (known !== undefined) return known;
  const made: Family = { kind: 'header', about: name, seed: seedOf(`h:${name}:`) };
  if (families.size < 1_000 && name.length <= 40) families.set(name, made);
  return made;
}

const takenBy: Family = { kind: 'header', about: 'received', seed: seedOf('by:') };
const takenWith: Family = { kind: 'header', about: 'received', seed: seedOf('with:') };
const presence: Family = { kind: 'header', about: '', seed: seedOf('has:') };

export function addHeaders(bag: TokenBag, headers: readonly HeaderField[]): void {
  for (const { name, value } of headers.slice(0, headerLimit)) {
    const lower = name.toLowerCase();
    if (isLeftOut(lower)) continue;
    bag.add(presence, lower, 0, Math.min(lower.length, 60));
    addValue(bag, lower, value);
  }
}

function addValue(bag: TokenBag, name: string, value: string): void {
  const family = familyOf(name);
  if (opaque.has(name)) return;
  switch (name) {
    case 'received':
      return addReceived(bag, family, value);
    case 'date':
      return addDate(bag, family, value);
    case 'message-id':
      return addMessageId(bag, family, value);
    case 'content-type':
      return addWords(bag, value.replace(/boundary="?([^\s"]*)"?/i, shapeOfBoundary), {
        words: family,
        pairs: undefined,
        limit: wordsLimit,
      });
    default:
      return addWords(bag, value.slice(0, 1_000).toLowerCase(), {
        words: family,
        pairs: undefined,
        limit: wordsLimit,
      });
  }
}

/** What stays the same from mail to mail of one program. */
const shapeOfBoundary = (_: string, boundary: string): string =>
  boundary.replace(/[0-9A-F]+/g, '0').replace(/0[0._-]*0/g, '0');

/** Name and address of who handed the mail over, and the domain of who took it: the way that it came. */
function addReceived(bag: TokenBag, family: Family, value: string): void {
  const line = value.slice(0, 500).toLowerCase();
  addDomains(bag, takenBy, /\bby\s+(\S{1,80})/.exec(line)?.[1] ?? '');
  const protocol = /\bwith\s+(\S{1,20})/.exec(line)?.[1];
  if (protocol !== undefined) bag.add(takenWith, protocol, 0, protocol.length);
  const from = /^\s*from\s+(\S+)(?:\s+\(([^)]*)\))?/.exec(line);
  for (const host of from?.slice(1).flatMap((one) => one?.split(/[\s[\]@]+/) ?? []) ?? []) {
    addHandedBy(bag, family, host);
  }
}

/** Networks of an address; of a name the domains. */
function addHandedBy(bag: TokenBag, family: Family, host: string): void {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(host)) {
    bag.add(family, host, 0, host.lastIndexOf('.'));
    bag.add(family, host, 0, host.indexOf('.', host.indexOf('.') + 1));
  } else if (/^[a-z0-9-]+(\.[a-z0-9-]+)+\.?$/.test(host)) addDomains(bag, family, host);
  else if (host !== '') bag.add(family, host, 0, Math.min(host.length, 40));
}

/** The domain of the host and those above. */
function addDomains(bag: TokenBag, family: Family, host: string): void {
  let from = host.indexOf('.') + 1;
  for (let labels = 0; labels < 4 && from > 0; labels++) {
    bag.add(family, host, from, host.length);
    from = host.indexOf('.', from) + 1;
  }
}

/** The zone, and how it is written. */
function addDate(bag: TokenBag, family: Family, value: string): void {
  const shape = value
    .slice(0, 60)
    .replace(/[A-Za-z]{3,}/g, 'a')
    .replace(/\d+(?=.*:)/g, '0');
  bag.add(family, shape, 0, shape.length);
}

/** Its host, and the shape of the rest. */
function addMessageId(bag: TokenBag, family: Family, value: string): void {
  const at = value.lastIndexOf('@');
  const host = value
    .slice(at + 1, at + 100)
    .replace(/[>\s].*$/s, '')
    .toLowerCase();
  bag.add(family, host, 0, host.length);
  addDomains(bag, family, host);
  const shape = value
    .slice(0, Math.max(0, Math.min(at, 100)))
    .replace(/[a-z]+/g, 'a')
    .replace(/[A-Z]+/g, 'A')
    .replace(/\d+/g, '0');
  bag.add(family, shape, 0, shape.length);
}
