/** The tokens of a mail: words of its text, what its headers, links and attachments say, and how it is built. */
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { addHeaders } from './header-tokens.ts';
import { createTokenBag, type Family, type TokenBag, type TokenKind } from './token-bag.ts';
import { seedOf } from './token-hash.ts';
import { addWords } from './words.ts';

/** Changes whenever the same mail comes to other tokens than before: counts of other versions say nothing. */
export const tokenizerVersion = 1;

/** What tokens are made of. */
export type TokenSource = Pick<
  InspectedMessage,
  'headers' | 'subject' | 'parts' | 'text' | 'links' | 'html' | 'structure' | 'anomalies'
>;

/** Tokens of a mail at most, and words of its text. */
const maxTokens = 3_000;
const maxTextWords = 2_000;
const maxLinks = 60;
/** Characters of text that so many words can come to. */
const textLimit = 40_000;

const family = (name: string, kind: TokenKind): Family => ({ kind, about: '', seed: seedOf(name) });
const words = family('', 'word');
const phrases = family('2', 'phrase');
const subjectWords = family('subject:', 'subject');
const subjectPairs = family('subject2:', 'subject');
const hosts = family('host:', 'host');
const paths = family('path:', 'link');
const names = family('name:', 'attachment');
const types = family('type:', 'attachment');
const build = family('build:', 'structure');

/** Pure. The parts that tell most come first, so that a long text does not push them out. */
export function tokenize(mail: TokenSource): TokenBag {
  const bag = createTokenBag(maxTokens);
  addHeaders(bag, mail.headers);
  addWords(bag, mail.subject.toLowerCase(), { words: subjectWords, pairs: subjectPairs, limit: 40 });
  addBuild(bag, mail);
  addAttachments(bag, mail.parts);
  for (const { href } of mail.links.slice(0, maxLinks)) addLink(bag, href);
  addWords(bag, mail.text.slice(0, textLimit).toLowerCase(), { words, pairs: phrases, limit: maxTextWords });
  return bag;
}

function addBuild(bag: TokenBag, { html, structure, anomalies, links, text }: TokenSource): void {
  const add = (what: string): void => void bag.add(build, what, 0, what.length);
  add(structure);
  for (const anomaly of anomalies) add(anomaly);
  if (html !== undefined) {
    if (html.forms > 0) add('form');
    if (html.scripts > 0) add('script');
    if (html.hidden > 0) add('hidden text');
    add(`images ${magnitude(html.images)}`);
    add(`html ${magnitude(html.length)} of text ${magnitude(text.length)}`);
  }
  add(`links ${magnitude(links.length)}`);
  add(`text ${magnitude(text.length)}`);
}

function addAttachments(bag: TokenBag, parts: TokenSource['parts']): void {
  for (const { name, type, sniffedType, disposition } of parts.slice(0, 30)) {
    if (disposition !== 'attachment' && name === undefined) continue;
    bag.add(types, type, 0, type.length);
    if (sniffedType !== undefined) bag.add(types, sniffedType, 0, sniffedType.length);
    if (name !== undefined) addName(bag, name);
  }
}

function addName(bag: TokenBag, name: string): void {
  const lower = name.toLowerCase();
  const dot = lower.lastIndexOf('.');
  if (dot >= 0) bag.add(names, lower, dot, lower.length);
  addWords(bag, lower, { words: names, pairs: undefined, limit: 8 });
}

/** `0`, `1`, `2-3`, `4-7`, `8-15` …: how many, roughly. */
const magnitude = (count: number): string => String(count === 0 ? 0 : 32 - Math.clz32(count));

/** Its host with every parent domain, and the words of its path. */
function addLink(bag: TokenBag, href: string): void {
  const parsed = /^([a-z]+):(?:\/\/)?(?:[^/?#@]*@)?([^/?#:]*)(:\d+)?([^?#]*)/i.exec(href);
  if (parsed === null) return;
  const [, scheme = '', host = '', port, path = ''] = parsed;
  const lower = host.toLowerCase();
  if (port !== undefined) bag.add(hosts, port, 0, port.length);
  if (scheme.toLowerCase() === 'mailto') return addHost(bag, hosts, lower.slice(0, 100));
  addHost(bag, hosts, lower.slice(0, 100));
  addWords(bag, path.slice(0, 200).toLowerCase(), { words: paths, pairs: undefined, limit: 8 });
}

/** `a.b.example`: the whole, `b.example` and `example`. */
function addHost(bag: TokenBag, into: Family, host: string): void {
  let from = 0;
  for (let labels = 0; labels < 6 && from < host.length; labels++) {
    bag.add(into, host, from, host.length);
    const dot = host.indexOf('.', from);
    if (dot < 0) return;
    from = dot + 1;
  }
}
