/** Values of a parameter with the charsets and continuations of RFC 2231 and, against it, RFC 2047 resolved. */
import { decodeWords } from 'postal-mime';
import { decodeText } from './charset.ts';
import type { Parameter, StructuredField } from './parameters.ts';

/** More than a mail program has ways to read them. */
const maxValues = 16;
const maxLength = 1024;

/**
 * Every value that the parameter could be read as, most trustworthy first: RFC 2231 before the plain form (RFC 6266 §4.3),
 * the first of repeated ones before the later.
 */
export function valuesOfParameter(fields: readonly StructuredField[], name: string): readonly string[] {
  const parameters = fields.flatMap((field) =>
    field.parameters.filter((parameter) => parameter.name === name),
  );
  if (parameters.length === 0) return [];
  const sections = parameters.filter((parameter) => parameter.section !== undefined);
  const whole = parameters.filter((parameter) => parameter.section === undefined);
  const values = [
    ...whole.filter((parameter) => parameter.isExtended).flatMap(extendedReadings),
    ...joinedSections(sections),
    ...whole.filter((parameter) => !parameter.isExtended).flatMap(plainReadings),
  ];
  return [...new Set(values.map(clean))].slice(0, maxValues);
}

function extendedReadings(parameter: Parameter): string[] {
  return parameter.readings.flatMap((reading) => decodeExtended(reading));
}

function plainReadings({ readings }: Parameter): string[] {
  return readings.flatMap((reading) =>
    reading.includes('=?') ? [...decodedWords(reading), reading] : [reading],
  );
}

function decodedWords(reading: string): string[] {
  const decoded = [decodeWords(reading)];
  // Without a byte order mark nobody knows which UTF-16 it is.
  if (/=\?utf-?16\?/i.test(reading))
    decoded.push(decodeWords(reading.replace(/=\?utf-?16\?/gi, '=?utf-16be?')));
  return decoded;
}

/** Sections joined by their numbers, and as they stand where the numbers are no sequence. */
function joinedSections(sections: readonly Parameter[]): string[] {
  if (sections.length === 0) return [];
  const numbered = new Map<number, Parameter>();
  for (const section of sections) {
    const number = section.section ?? 0;
    if (!numbered.has(number)) numbered.set(number, section);
  }
  const sorted = [...numbered.entries()].toSorted(([a], [b]) => a - b).map(([, section]) => section);
  const asWritten = sections.slice(0, numbered.size);
  return [...joined(sorted), ...joined(asWritten)];
}

/** A charset stands in the first section only; a section that is not marked as encoded is literal (RFC 2231 §4.1). */
function joined(sections: readonly Parameter[]): string[] {
  const first = charsetAndRest(sections[0]?.isExtended === true ? textOf(sections[0]) : '');
  const bytes = sections.map((section, at) => {
    const text = at === 0 && first !== undefined ? first.rest : textOf(section);
    return section.isExtended ? percentDecoded(text) : Buffer.from(text);
  });
  return decoded(Buffer.concat(bytes), first?.charset);
}

const textOf = (parameter: Parameter): string => parameter.readings[0] ?? '';

function decodeExtended(text: string): string[] {
  const parts = charsetAndRest(text);
  return decoded(percentDecoded(parts?.rest ?? text), parts?.charset);
}

/** RFC 2231 §4: `charset'language'percent-encoded`; undefined where the two quotes are missing. */
function charsetAndRest(text: string): { readonly charset: string; readonly rest: string } | undefined {
  const parts = /^([^']*)'[^']*'(.*)$/s.exec(text);
  return parts === null ? undefined : { charset: parts[1] ?? '', rest: parts[2] ?? '' };
}

function decoded(bytes: Buffer, charset = ''): string[] {
  const text = decodeText(bytes, charset === '' ? undefined : charset);
  // Without a byte order mark nobody knows which UTF-16 it is.
  return /^utf-?16$/i.test(charset) ? [text, decodeText(bytes, 'utf-16be')] : [text];
}

function percentDecoded(text: string): Buffer {
  if (!text.includes('%')) return Buffer.from(text);
  const pieces = text.split(/%([0-9a-f]{2})/i);
  return Buffer.concat(
    pieces.map((piece, at) => (at % 2 === 1 ? Buffer.from(piece, 'hex') : Buffer.from(piece))),
  );
}

/** NULs end nothing here, and no name is longer than a file system takes. */
const clean = (value: string): string => value.slice(0, maxLength).replaceAll('\0', '').trim();
