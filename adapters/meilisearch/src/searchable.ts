/** Text of a mail as it is stored for searching, and the way back for showing it. */
import { closeUp, spaceOut } from '@sluice/core/kernel/words.ts';
import { cut, hardSeparators, symbols } from './settings.ts';

/**
 * Symbols, pictures and invisible signs are letters to Meilisearch: "🎉Congratulations" would be one word. Those of ASCII
 * and the most frequent others are separators by our settings.
 */
const letterLike = new RegExp(
  String.raw`[[\p{S}\p{Cf}\p{Cn}\u{FE00}-\u{FE0F}\u{20E3}]--[\0-\x7F${symbols}]]+`,
  'gv',
);

const hardSeparator = new RegExp(`[${hardSeparators}]`, 'gu');

/** Text of a mail may hold the marks of an excerpt, our cut, and control characters. */
export const searchable = (text: string): string =>
  spaceOut(text.toWellFormed().normalize('NFC'))
    .replace(/[\p{Cc}\u{E000}-\u{E002}\s]+/gu, ' ')
    .trim()
    .replace(letterLike, `${cut}$&${cut}`)
    .replace(hardSeparator, `$&${cut}`);

export const shown = (text: string): string => closeUp(text.replaceAll(cut, '')).trim();
