/** Splits the header of a mail or part into its fields (RFC 5322 §2.2), as written, keeping what is repeated or broken. */
import { isAscii } from 'node:buffer';
import type { HeaderField } from '@sluice/core/ports/message-inspector.ts';

export interface Header {
  readonly fields: readonly HeaderField[];
  /** Offset of the body's first byte. */
  readonly bodyStart: number;
  /** More fields than are kept. */
  readonly isCut: boolean;
}

/** Far above any true mail; a million one-letter fields would cost more memory than the mail. */
const maxFields = 10_000;

const lf = 0x0a;
const cr = 0x0d;

/** Reads from `start` up to the first empty line, at most to `end`. Lines that are no field are passed over. */
export function readHeader(raw: Buffer, start: number, end: number): Header {
  const found: Found = { fields: [], current: undefined, firstOdd: undefined, isCut: false };
  let at = start;
  while (at < end) {
    const line = lineAt(raw, at, end);
    at = line.next;
    if (line.end === line.start) return headerOf(found, at);
    const text = textOf(raw, line.start, line.end);
    if (isBlank(raw[line.start])) goOn(found, text, line.next);
    else begin(found, text, line.start);
  }
  // A header that no empty line ends is ended by the first line that does not belong into it.
  return headerOf(found, found.fields.length > 0 ? (found.firstOdd ?? at) : at);
}

interface Found {
  readonly fields: Field[];
  /** The field that a folded line goes on with; undefined behind a line that is none. */
  current: Field | undefined;
  /** Offset of the body if it were to begin without an empty line. */
  firstOdd: number | undefined;
  isCut: boolean;
}

interface Field {
  readonly name: string;
  readonly lines: string[];
}

const headerOf = ({ fields, isCut }: Found, bodyStart: number): Header => ({
  fields: fields.map(({ name, lines }) => ({ name, value: lines.join('').trim() })),
  bodyStart,
  isCut,
});

function begin(found: Found, text: string, start: number): void {
  found.current = fieldOf(text);
  if (found.current === undefined) found.firstOdd ??= start;
  else if (found.fields.length < maxFields) found.fields.push(found.current);
  else found.isCut = true;
}

/** A line of white space alone is folding, not the end of the header: that is how mail programs read it. */
function goOn(found: Found, text: string, next: number): void {
  found.current?.lines.push(text);
  if (text.trim() === '') found.firstOdd ??= next;
}

function fieldOf(line: string): Field | undefined {
  const colon = line.indexOf(':');
  return colon <= 0 ? undefined : { name: line.slice(0, colon), lines: [line.slice(colon + 1)] };
}

/** The line that begins at `at`: `end` is before CR LF, `next` after it. */
export function lineAt(raw: Buffer, at: number, limit: number): { start: number; end: number; next: number } {
  const found = raw.indexOf(lf, at);
  const next = found < 0 || found >= limit ? limit : found + 1;
  let end = found < 0 || found >= limit ? limit : found;
  if (end > at && raw[end - 1] === cr) end -= 1;
  return { start: at, end, next };
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Header bytes as text: UTF-8 where they are (RFC 6532), else each byte a character. */
function textOf(raw: Buffer, start: number, end: number): string {
  const bytes = raw.subarray(start, end);
  if (isAscii(bytes)) return bytes.toString('latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** All values of a field, by its name in any case and whatever white space stands before the colon. */
export const valuesOf = (fields: readonly HeaderField[], name: string): readonly string[] =>
  fields.flatMap((field) => (isNamed(field.name, name) ? [field.value] : []));

const isNamed = (written: string, name: string): boolean =>
  // Most fields differ in length, and no other test is needed.
  written.length === name.length
    ? written.toLowerCase() === name
    : written.length > name.length && written.trim().toLowerCase() === name;
