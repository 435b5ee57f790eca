/** Collects where a mail leads and what its HTML has, while its text is read. */
import type { HtmlFacts, MessageLink } from '@sluice/core/ports/message-inspector.ts';

const maxLinks = 500;
const maxWords = 200;
const maxHref = 2048;

export interface ContentFinder {
  /** Words that are shown; those inside a link are its text. */
  words(text: string): void;
  beginLink(href: string): void;
  endLink(): void;
  /** A target without words of its own. */
  link(href: string): void;
  element(name: string, attributes: string): void;
  /** One HTML leaf of so many characters. */
  page(length: number): void;
  /** Addresses that a text without markup spells out. */
  scan(text: string): void;
  readonly links: readonly MessageLink[];
  readonly html: HtmlFacts | undefined;
}

export function createContentFinder(): ContentFinder {
  const links: MessageLink[] = [];
  const seen = new Set<string>();
  const counts = { length: 0, images: 0, forms: 0, scripts: 0, hidden: 0 };
  let pages = 0;
  let open: { readonly href: string; words: string } | undefined;

  function keep(href: string, words: string): void {
    const text = words.replace(/\s+/g, ' ').trim().slice(0, maxWords);
    const key = `${href} ${text}`;
    if (links.length >= maxLinks || seen.has(key)) return;
    seen.add(key);
    links.push({ href, text });
  }

  return {
    words(text) {
      if (open !== undefined && open.words.length < maxWords * 2) open.words += text.slice(0, maxWords * 2);
    },
    beginLink(href) {
      open = { href, words: '' };
    },
    endLink() {
      if (open !== undefined) keep(open.href, open.words);
      open = undefined;
    },
    link: (href) => keep(href, ''),
    element(name, attributes) {
      if (name === 'img') counts.images += 1;
      else if (name === 'form') counts.forms += 1;
      else if (name === 'script') counts.scripts += 1;
      if (isHidden(attributes)) counts.hidden += 1;
    },
    page(length) {
      pages += 1;
      counts.length += length;
    },
    scan(text) {
      for (const [found] of text.matchAll(spelledOut)) {
        const href = found.replace(/[.,;:!?'")\]}*_]{1,20}$/, '').slice(0, maxHref);
        keep(/^www/i.test(href) ? `http://${href}` : href, '');
        if (links.length >= maxLinks) return;
      }
    },
    links,
    get html() {
      return pages === 0 ? undefined : counts;
    },
  };
}

/** What mail programs make a link of by themselves. */
const spelledOut = /\b(?:https?:\/\/|www\d{0,3}\.)[^\s<>"\u201c\u201d\u00ab\u00bb]{2,2048}/giu;

const isHidden = (attributes: string): boolean =>
  attributes.includes('style') &&
  /(?:display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|font-size\s{0,9}:\s{0,9}0(?![.\d]))/i.test(
    attributes,
  );
