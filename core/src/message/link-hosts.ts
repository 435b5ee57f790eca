/** Where links lead, as a browser reads them, and what about them tries to deceive. */
import { getDomain, getDomainWithoutSuffix } from 'tldts';
import type { MessageLink } from '../ports/message-inspector.ts';
import { mixedWord, skeleton } from './confusables.ts';
import { unicodeDomain } from './punycode.ts';

/** Host of an absolute http(s) or mailto link: lower case, ASCII; an IP address without brackets. Undefined if none. */
export function hostOf(href: string): string | undefined {
  const mail = /^mailto:[^?@]{0,300}@([^?,;\s]{1,255})/i.exec(href)?.[1];
  if (mail !== undefined) return parsedHost(`http://${mail}`);
  const start = /^(?:https?:)?[\\/]{1,9}[^\\/?#]{1,300}/i.exec(href)?.[0];
  if (start === undefined) return undefined;
  return parsedHost(/^https?:/i.test(start) ? start : `http:${start}`);
}

/** The URL standard undoes backslashes, soft hyphens, percent signs, odd dots and numbers in disguise. */
function parsedHost(url: string): string | undefined {
  try {
    const { hostname } = new URL(url);
    const host = hostname.replace(/^\[|\]$|\.$/g, '');
    return host === '' ? undefined : host;
  } catch {
    return undefined;
  }
}

/** The part of a host name that somebody registered; undefined for an IP address or a name without a dot. */
const registered = (host: string): string | undefined =>
  getDomain(host, { allowPrivateDomains: true }) ?? undefined;

export interface LinkFacts {
  /** Registered domains that links lead to or show, each once, in order. */
  readonly domains: readonly string[];
  /** IP addresses that links lead to. */
  readonly addresses: readonly string[];
  /** Links whose words show another domain than the one that they lead to, as `shown > target`. */
  readonly mismatches: readonly string[];
  /** Domains written in letters that imitate another, as people see them. */
  readonly lookalikes: readonly string[];
  /** Services that hide where a link leads. */
  readonly shorteners: readonly string[];
}

/** How many of each kind are told of. */
const maxTold = 3;

export function linkFacts(
  links: readonly MessageLink[],
  names: { readonly isBrand: (skeleton: string) => boolean; readonly maxDomains: number },
): LinkFacts {
  const domains = upTo(names.maxDomains);
  const addresses = upTo(maxTold);
  const mismatches = upTo(maxTold);
  const hostOfLink = remembered(hostOf);
  for (const { href, text } of links) {
    const host = hostOfLink(href);
    if (host === undefined) continue;
    const domain = registered(host);
    if (domain !== undefined) domains.add(domain);
    else if (isAddress(host)) addresses.add(host);
    const target = domain ?? host;
    const shown = shownDomain(text) ?? target;
    if (shown === target) continue;
    mismatches.add(`${shown} > ${target}`);
    // Who copies what the words show goes there.
    domains.add(shown);
  }
  const all = domains.values();
  return {
    domains: all,
    addresses: addresses.values(),
    mismatches: mismatches.values(),
    lookalikes: all
      .filter((name) => isLookalike(name, names.isBrand))
      .slice(0, maxTold)
      .map(unicodeDomain),
    shorteners: all.filter((name) => shorteners.has(name)).slice(0, maxTold),
  };
}

/** Different texts, as many as are wanted. */
function upTo(most: number): { add(text: string): void; values(): readonly string[] } {
  const set = new Set<string>();
  return {
    add(text) {
      if (set.size < most) set.add(text);
    },
    values: () => [...set],
  };
}

/** Links of one mail mostly lead to one place: each beginning is read once. */
function remembered(read: (href: string) => string | undefined): (href: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (href) => {
    const key = href.startsWith('mailto:') ? href : (/^(?:[a-z]+:)?[\\/]*[^\\/?#]*/i.exec(href)?.[0] ?? href);
    if (!known.has(key)) known.set(key, read(href));
    return known.get(key);
  };
}

/** The domain that the words of a link show; undefined where they show none. */
function shownDomain(text: string): string | undefined {
  const name = /^(?:https?:\/\/|www\.)?((?:[\p{L}\p{N}_-]{1,63}\.){1,9}\p{L}{2,24})(?=$|[\s/?#:])/iu.exec(
    text,
  )?.[1];
  if (name === undefined) return undefined;
  const domain = registered(parsedHost(`http://${name}`) ?? '');
  // “Node.js” and “mail.me” are words as much as names: only what stands for itself counts.
  return domain !== undefined && (/^(?:https?:\/\/|www\.)/i.test(text) || commonTops.test(name))
    ? domain
    : undefined;
}

const commonTops =
  /\.(?:com|net|org|edu|gov|info|biz|de|fr|uk|nl|it|es|ch|at|pl|eu|us|ca|au|br|jp|ru|cn|in)$/i;

/** Letters of two scripts in one label, or other letters that spell a brand. */
function isLookalike(domain: string, isBrand: (skeleton: string) => boolean): boolean {
  const letters = domain.includes('xn--') ? unicodeDomain(domain) : domain;
  if (letters === domain) return false;
  if (mixedWord(letters) !== undefined) return true;
  const label = getDomainWithoutSuffix(letters, { allowPrivateDomains: true, validateHostname: false }) ?? '';
  return skeleton(label) !== label && isBrand(skeleton(label));
}

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

const shorteners = new Set(
  'bit.ly tinyurl.com t.co goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly rb.gy shorturl.at tiny.cc lnkd.in t.ly s.id qrco.de bl.ink short.io soo.gd clck.ru u.to urlz.fr tr.ee'.split(
    ' ',
  ),
);
