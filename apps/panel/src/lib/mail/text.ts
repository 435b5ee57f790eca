/** The text of a mail in blocks: what was written, and what was quoted from before. */

export interface TextBlock {
  readonly isQuoted: boolean;
  readonly text: string;
}

/** More than this makes a page slow, and nobody reads it. */
export const maxShown = 150_000;

/** Line breaks and tabs stay; nothing is invisible or turns others around. */
export const harmless = (text: string): string =>
  text
    .replace(/\r\n?|[\u2028\u2029\v\f]/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/[\p{Bidi_Control}\u200b\u2060\ufeff]/gu, '');

const isQuote = (line: string): boolean => /^\s{0,3}>(?!From )/.test(line);

export function textBlocks(text: string): readonly TextBlock[] {
  const blocks: { isQuoted: boolean; lines: string[] }[] = [];
  for (const line of harmless(text).slice(0, maxShown).split('\n')) {
    const isQuoted = isQuote(line);
    const last = blocks.at(-1);
    // An empty line belongs to what is around it.
    if (last !== undefined && (last.isQuoted === isQuoted || line.trim() === '')) last.lines.push(line);
    else blocks.push({ isQuoted, lines: [line] });
  }
  return blocks.map(({ isQuoted, lines }) => ({ isQuoted, text: lines.join('\n') }));
}
