/** Finds the words that were searched for in a text, by the rules of the index, so that a page can mark them. */

export interface Segment {
  readonly text: string;
  readonly isHit: boolean;
}

/** Words in a row; the last of them may go on. */
export interface Pattern {
  readonly words: readonly string[];
  readonly isPrefix: boolean;
}

interface Word {
  readonly folded: string;
  readonly start: number;
  readonly end: number;
}

const term = /(?<minus>-?)(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))/gu;
const typographicQuotes = /[“”„«»]/gu;
/** Scripts written without spaces: each character is a word. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}`;
const word = new RegExp(`[${unspaced}]|[[\\p{L}\\p{N}\\p{M}]--[${unspaced}]]+`, 'gv');
const shortestPrefix = 3;
const maxPatterns = 24;

/** Of a search in its language: words, "phrases", -exclusions and prefix*. */
export function patternsOf(text: string): readonly Pattern[] {
  const terms = [...text.replace(typographicQuotes, '"').matchAll(term)].slice(0, maxPatterns);
  return terms.flatMap(({ groups = {} }) => {
    const { minus, phrase, word: single = '' } = groups;
    const words = wordsOf(phrase ?? single).map(({ folded }) => folded);
    if (minus !== '' || words.length === 0) return [];
    const mayGoOn = phrase === undefined && single.endsWith('*');
    return [{ words, isPrefix: mayGoOn && Array.from(words.at(-1) ?? '').length >= shortestPrefix }];
  });
}

const wordsOf = (text: string): readonly Word[] =>
  [...text.matchAll(word)].map(({ 0: found, index }) => ({
    folded: found.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(),
    start: index,
    end: index + found.length,
  }));

/** The text in pieces, which together are the text again. */
export function segmentsOf(text: string, patterns: readonly Pattern[]): readonly Segment[] {
  if (patterns.length === 0) return text === '' ? [] : [{ text, isHit: false }];
  const words = wordsOf(text);
  const segments: Segment[] = [];
  let done = 0;
  for (let at = 0; at < words.length; at += 1) {
    const length = longestAt(words, at, patterns);
    if (length === 0) continue;
    const start = words[at]?.start ?? 0;
    const end = words[at + length - 1]?.end ?? start;
    segments.push(
      { text: text.slice(done, start), isHit: false },
      { text: text.slice(start, end), isHit: true },
    );
    done = end;
    at += length - 1;
  }
  return [...segments, { text: text.slice(done), isHit: false }].filter((segment) => segment.text !== '');
}

const longestAt = (words: readonly Word[], at: number, patterns: readonly Pattern[]): number =>
  Math.max(
    0,
    ...patterns.filter((pattern) => matchesAt(words, at, pattern)).map(({ words: { length } }) => length),
  );

const matchesAt = (words: readonly Word[], at: number, { words: wanted, isPrefix }: Pattern): boolean =>
  wanted.every((want, place) => {
    const folded = words[at + place]?.folded;
    return isPrefix && place === wanted.length - 1 ? folded?.startsWith(want) === true : folded === want;
  });

const marks = /\u{E000}([^\u{E000}\u{E001}]*)\u{E001}/gu;

/** An excerpt of the index, whose matches stand between marks. */
export function segmentsOfExcerpt(excerpt: string): readonly Segment[] {
  return readable(excerpt)
    .split(marks)
    .map((text, place) => ({ text: withoutMarks(text), isHit: place % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

/** Without anything invisible, of which some mails begin with a screenful; what joins emoji stays. */
const readable = (text: string): string =>
  text
    .replace(/\p{Default_Ignorable_Code_Point}/gu, (found) => (joiners.has(found) ? found : ''))
    .replace(/[\s\p{Cc}]+/gu, ' ');

const joiners: ReadonlySet<string> = new Set(['\u200d', '\ufe0f']);

const withoutMarks = (text: string): string => text.replace(/[\u{E000}-\u{E002}]/gu, '');

/** Whether an excerpt says nothing that the texts beside it do not say. */
export function isSaidBy(excerpt: string, texts: readonly string[]): boolean {
  const said = readable(withoutMarks(excerpt)).replace(/^…|…$/gu, '').trim();
  return said === '' || texts.some((text) => readable(text).includes(said));
}
