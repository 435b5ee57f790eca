/** Cuts the excerpt of a hit: some text around the first match, with all matches in it marked. */
import { isOpen, type TextTerm } from '@sluice/core/kernel/text-query.ts';
import { wordsOf, type Word } from '@sluice/core/kernel/words.ts';

const markStart = '\u{E000}';
const markEnd = '\u{E001}';

/** Characters before the first match, and in all. */
const lead = 50;
const longest = 180;

/** Makes, for the words of a query: of some texts the excerpt of the first that holds a match, else of the first that holds anything. */
export function createExcerpts(terms: readonly TextTerm[]): (texts: readonly string[]) => string {
  const patterns = terms.map(toPattern).filter(({ words }) => words.length > 0);
  const find = createFinder(patterns);
  return (texts) => {
    let first = '';
    for (const text of texts) {
      const cleaned = clean(text);
      const matches = find(cleaned);
      if (matches.length > 0) return cut(cleaned, matches);
      if (first === '') first = cleaned;
    }
    return cut(first, []);
  };
}

/** Text of a mail may hold the marks themselves, and control characters. */
const clean = (text: string): string =>
  mayBeUnclean.test(text)
    ? text
        .replace(/[\p{Cc}\u{E000}-\u{E002}\s]+/gu, ' ')
        .trim()
        .toWellFormed()
    : text;
/** Cheap to ask, and false for nearly all texts. */
const mayBeUnclean = /[^ -~]|^ | $| {2}/;

interface Pattern {
  readonly words: readonly string[];
  readonly isPrefix: boolean;
}

interface Match {
  readonly start: number;
  readonly end: number;
}

const toPattern = (term: TextTerm): Pattern => ({
  words: [...wordsOf(term.text)].map(({ folded }) => folded),
  isPrefix: isOpen(term),
});

const isAscii = /^[\0-\x7f]*$/;

/** Where a text matches. Words of ASCII are letters and digits, which one expression finds at once. */
function createFinder(patterns: readonly Pattern[]): (text: string) => readonly Match[] {
  if (patterns.length === 0) return () => [];
  const longestFirst = patterns.toSorted((left, right) => right.words.length - left.words.length);
  const plain = longestFirst.filter(({ words }) => words.every((one) => /^[a-z0-9]+$/.test(one)));
  const either = plain.map(({ words, isPrefix }) => words.join('[^a-z0-9]+') + (isPrefix ? '[a-z0-9]*' : ''));
  const expression = new RegExp(`(?<![a-z0-9])(?:${either.join('|')})(?![a-z0-9])`, 'gi');
  return (text) => {
    if (!isAscii.test(text)) return findMatches(text, patterns);
    if (either.length === 0) return [];
    return Array.from(text.matchAll(expression), ({ 0: found, index }) => ({
      start: index,
      end: index + found.length,
    }));
  };
}

/** In order, without overlaps. */
function findMatches(text: string, patterns: readonly Pattern[]): Match[] {
  const words = [...wordsOf(text)];
  const matches: Match[] = [];
  for (let at = 0; at < words.length; at++) {
    const lengths = patterns.filter((pattern) => matchesAt(words, at, pattern)).map((p) => p.words.length);
    if (lengths.length === 0) continue;
    const last = at + Math.max(...lengths) - 1;
    matches.push({ start: words[at]?.start ?? 0, end: words[last]?.end ?? 0 });
    at = last;
  }
  return matches;
}

const matchesAt = (words: readonly Word[], at: number, { words: wanted, isPrefix }: Pattern): boolean =>
  wanted.every((want, place) => {
    const folded = words[at + place]?.folded;
    const mayGoOn = isPrefix && place === wanted.length - 1;
    return mayGoOn ? folded?.startsWith(want) : folded === want;
  });

function cut(text: string, matches: readonly Match[]): string {
  const first = matches[0]?.start ?? 0;
  const start = first <= lead ? 0 : beginningOfWord(text, first - lead, first);
  const end = Math.max(Math.min(text.length, start + longest), matches[0]?.end ?? 0);
  let excerpt = start > 0 ? '…' : '';
  let at = start;
  for (const match of matches) {
    if (match.end > end) break;
    const found = text.slice(match.start, match.end);
    excerpt += `${text.slice(at, match.start)}${markStart}${found}${markEnd}`;
    at = match.end;
  }
  return `${excerpt}${text.slice(at, end)}${end < text.length ? '…' : ''}`.toWellFormed();
}

function beginningOfWord(text: string, from: number, until: number): number {
  const space = text.indexOf(' ', from);
  return space === -1 || space >= until ? from : space + 1;
}
