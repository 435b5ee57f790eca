/** The excerpt of a hit, from the fields as Meilisearch crops and marks them. */
import { shown } from './searchable.ts';
import { cut } from './settings.ts';

export const markStart = '\u{E000}';
export const markEnd = '\u{E001}';

/** Words around the first match. */
export const cropLength = 28;

/** A word may be as long as a mail. */
const longest = 280;

/** In the order in which a match is shown. */
const headerFields = ['attachmentNames', 'subject', 'from', 'sender', 'recipients'];
export const excerptFields = { all: ['body', ...headerFields], headers: headerFields } as const;

const nextMark = new RegExp(`${markEnd}([ @._-]?)${markStart}`, 'gu');

/** Of a word that was found by its beginning Meilisearch marks the beginning only. */
const restOfWord = new RegExp(`${markEnd}([\\p{L}\\p{N}\\p{M}]+)`, 'gu');

/** `isJoined`: neighbouring marks are of one phrase and become one mark. */
export function toExcerpt(fields: Readonly<Record<string, unknown>>, isJoined: boolean): string {
  const texts = excerptFields.all.map((name) => asText(fields[name]));
  const text = texts.find((one) => one.includes(markStart)) ?? texts.find((one) => one.trim() !== '') ?? '';
  const whole = text.replaceAll(cut, '').replaceAll(restOfWord, `$1${markEnd}`);
  return shorten(shown(isJoined ? whole.replaceAll(nextMark, '$1') : whole));
}

const asText = (field: unknown): string =>
  Array.isArray(field) ? field.map(String).join(' ') : typeof field === 'string' ? field : '';

function shorten(text: string): string {
  if (text.length <= longest) return text;
  const first = Math.max(0, text.indexOf(markStart) - longest / 4);
  const cut = text.slice(first, first + longest).toWellFormed();
  const opened = cut.lastIndexOf(markStart) > cut.lastIndexOf(markEnd);
  return `${first > 0 && !cut.startsWith('…') ? '…' : ''}${cut}${opened ? markEnd : ''}…`;
}
