/** HTML into readable text in one pass, linear in its length whatever it holds; link targets stay, in angle brackets. */
import { decodeEntities } from './html-entities.ts';
import type { ContentFinder } from './content-finder.ts';

/** Elements whose content nobody reads. */
const rawText = new Set(['script', 'style', 'noscript', 'template', 'iframe', 'textarea']);

const breaking = new Set(
  'address article aside blockquote body br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 head header hr html li main nav ol p pre section table tbody tfoot thead title tr ul'.split(
    ' ',
  ),
);
const spacing = new Set(['td', 'th', 'option', 'img', 'input', 'button']);

const maxLinkLength = 2048;

/** At most `limit` characters. What `finder` wants is looked for all through the HTML. */
export function htmlToText(html: string, limit: number, finder?: ContentFinder): string {
  const text = createCollapsingText(limit);
  const openLink = { target: '' };
  let at = 0;
  const isRead = (): boolean => at >= html.length || (finder === undefined && text.isFull());
  while (!isRead()) {
    const open = html.indexOf('<', at);
    const words = decodeEntities(html.slice(at, open < 0 ? html.length : open));
    text.add(words);
    finder?.words(words);
    if (open < 0) break;
    const tag = readTag(html, open);
    addTag(tag, text, openLink);
    noteTag(tag, finder);
    at = rawText.has(tag.name) && !tag.isClosing ? endOfRawText(html, tag.name, tag.end) : tag.end;
  }
  text.add(openLink.target);
  finder?.endLink();
  return text.toString();
}

function noteTag(tag: Tag, finder: ContentFinder | undefined): void {
  if (finder === undefined) return;
  if (tag.name === 'a') finder.endLink();
  if (tag.isClosing) return;
  const pattern = linking[tag.name];
  const target = pattern === undefined ? '' : absoluteTarget(tag, pattern);
  if (target !== '' && tag.name === 'a') finder.beginLink(target);
  else if (target !== '') finder.link(target);
  finder.element(tag.name, tag.attributes);
}

function addTag(tag: Tag, text: CollapsingText, openLink: { target: string }): void {
  if (tag.isLiteral) text.add('<');
  else if (breaking.has(tag.name)) text.lineBreak();
  else if (spacing.has(tag.name)) text.add(' ');
  if (tag.name === 'a') {
    // The target follows the words that it hides behind.
    text.add(openLink.target);
    openLink.target = tag.isClosing ? '' : linkOf(tag, hrefPattern);
  } else if (tag.name === 'area') {
    text.add(linkOf(tag, hrefPattern));
  } else if (tag.name === 'form' && !tag.isClosing) {
    text.add(linkOf(tag, actionPattern));
  }
}

interface Tag {
  /** Lower case; '' for a comment, a declaration, or what is none. */
  readonly name: string;
  readonly isClosing: boolean;
  /** A `<` that begins no tag. */
  readonly isLiteral: boolean;
  readonly attributes: string;
  readonly end: number;
}

function readTag(html: string, open: number): Tag {
  const nothing = { name: '', isClosing: false, isLiteral: false, attributes: '' };
  if (html.startsWith('<!--', open)) {
    const close = html.indexOf('-->', open + 2);
    return { ...nothing, end: close < 0 ? html.length : close + 3 };
  }
  const start = /[a-z!?/]/i.test(html[open + 1] ?? '');
  if (!start) return { ...nothing, isLiteral: true, end: open + 1 };
  const close = endOfTag(html, open + 1);
  const isClosing = html[open + 1] === '/';
  const name = /^[a-z][a-z0-9:-]{0,30}/i.exec(html.slice(open + (isClosing ? 2 : 1), open + 40))?.[0] ?? '';
  const attributes = html.slice(Math.min(open + 1 + name.length, close), Math.min(close, open + 16_384));
  return { name: name.toLowerCase(), isClosing, isLiteral: false, attributes, end: close + 1 };
}

/** The `>` that ends a tag, not one within a quoted attribute. */
function endOfTag(html: string, from: number): number {
  let quote = '';
  for (let at = from; at < html.length; at += 1) {
    const character = html[at];
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') {
      return at;
    } else if ((character === '"' || character === "'") && html[at - 1] === '=') {
      quote = character;
    }
  }
  return html.length;
}

function linkOf(tag: Tag, pattern: RegExp): string {
  const target = absoluteTarget(tag, pattern);
  return target === '' ? '' : ` <${target}> `;
}

/** '' where there is none, or only one within the page. */
function absoluteTarget({ attributes }: Tag, pattern: RegExp): string {
  const found = pattern.exec(attributes);
  const target = decodeEntities(found?.[1] ?? found?.[2] ?? found?.[3] ?? '').trim();
  return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(target) ? target.slice(0, maxLinkLength) : '';
}

const hrefPattern = /(?:^|[\s"'/])href\s{0,20}=\s{0,20}(?:"([^"]*)|'([^']*)|([^\s>"']+))/i;
const actionPattern = /(?:^|[\s"'/])action\s{0,20}=\s{0,20}(?:"([^"]*)|'([^']*)|([^\s>"']+))/i;

/** Elements that lead somewhere; `base` makes what is relative lead there too. */
const linking: Readonly<Record<string, RegExp>> = {
  a: hrefPattern,
  area: hrefPattern,
  base: hrefPattern,
  form: actionPattern,
};

/** Where the end tag of an element begins whose content is no markup; the end of all where it has none. */
function endOfRawText(html: string, name: string, from: number): number {
  const pattern = new RegExp(`</${name}`, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
}

/** Collects text with runs of white space made one space or line break. */
interface CollapsingText {
  add(text: string): void;
  lineBreak(): void;
  isFull(): boolean;
  toString(): string;
}

function createCollapsingText(limit: number): CollapsingText {
  const pieces: string[] = [];
  let length = 0;
  let gap: '' | ' ' | '\n' = '';
  return {
    add(text) {
      const words = text.slice(0, limit * 2 + 1000).replace(/[ \t\r\n\f\u00a0]+/g, ' ');
      if (words === '') return;
      if (words.startsWith(' ') && gap === '') gap = ' ';
      const trimmed = words.trim();
      if (trimmed === '') return;
      const piece = (length === 0 ? '' : gap) + trimmed;
      pieces.push(piece);
      length += piece.length;
      gap = words.endsWith(' ') ? ' ' : '';
    },
    lineBreak() {
      gap = '\n';
    },
    isFull: () => length >= limit,
    toString: () => pieces.join('').slice(0, limit),
  };
}
