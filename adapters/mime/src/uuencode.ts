/** Files that lie in a text without MIME: uuencode (POSIX) and yEnc; mail programs show them as attachments. */
import { decodeBase64 } from './transfer-encoding.ts';

export interface EmbeddedFile {
  readonly name: string;
  readonly content: Buffer;
}

/** More in one text are not looked at. */
const maxFiles = 100;

/** The files in a text, in order. Time is linear in the text's length. */
export function embeddedFiles(text: Buffer): readonly EmbeddedFile[] {
  const files: EmbeddedFile[] = [];
  const nextStart = startFinder(text);
  for (let start = nextStart(0); start < text.length && files.length < maxFiles;) {
    const found = read(text, start);
    if (found !== undefined) files.push(found.file);
    start = nextStart(found?.end ?? start + 1);
  }
  return files;
}

/** Cheap test: could there be such a file at all? */
export const mayEmbedFiles = (text: Buffer): boolean => startFinder(text)(0) < text.length;

/** Finds the next line that may begin a file; each kind is searched for once over the text, however often it is asked. */
function startFinder(text: Buffer): (from: number) => number {
  const kinds = ['begin ', 'begin-base64 ', '=ybegin '].map((word) => ({ word, next: -1 }));
  return (from) => {
    for (const kind of kinds) {
      if (kind.next < from) kind.next = lineStartingWith(text, kind.word, from);
    }
    return Math.min(...kinds.map((kind) => kind.next));
  };
}

function lineStartingWith(text: Buffer, word: string, from: number): number {
  if (from === 0 && text.subarray(0, word.length).toString('latin1') === word) return 0;
  const at = text.indexOf(`\n${word}`, Math.max(0, from - 1), 'latin1');
  return at < 0 ? text.length : at + 1;
}

function read(text: Buffer, start: number): { file: EmbeddedFile; end: number } | undefined {
  const lineEnd = endOfLine(text, start);
  const line = text.toString('latin1', start, Math.min(lineEnd, start + 500)).trim();
  const uu = /^begin(-base64)? +[0-7]{3,4} +(\S.*)$/.exec(line);
  if (uu?.[2] !== undefined) {
    const terminator = uu[1] === undefined ? '\nend' : '\n====';
    const end = indexOr(text, terminator, lineEnd);
    const body = text.subarray(lineEnd + 1, Math.max(end, lineEnd + 1));
    const content = uu[1] === undefined ? decodeUuLines(body) : decodeBase64(body);
    return { file: { name: uu[2], content }, end: Math.max(end, lineEnd) + 1 };
  }
  const yenc = /^=ybegin .*?\bname=(\S.*)$/.exec(line);
  if (yenc?.[1] === undefined) return undefined;
  const end = indexOr(text, '\n=yend', lineEnd);
  return { file: { name: yenc[1], content: decodeYenc(text.subarray(lineEnd + 1, end)) }, end: end + 1 };
}

function endOfLine(text: Buffer, at: number): number {
  const found = text.indexOf(0x0a, at);
  return found < 0 ? text.length : found;
}

function indexOr(text: Buffer, what: string, from: number): number {
  const found = text.indexOf(what, from, 'latin1');
  return found < 0 ? text.length : found;
}

/** The lines of a uuencoded file: each begins with its number of bytes; four characters carry three. */
export function decodeUuLines(body: Buffer): Buffer {
  const target = Buffer.allocUnsafe(Math.ceil((body.length * 3) / 4) + 3);
  let length = 0;
  for (let at = 0; at < body.length;) {
    const end = endOfLine(body, at);
    const wanted = sextet(body[at]);
    const lineStart = length;
    for (let from = at + 1; from < end && length - lineStart < wanted; from += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((step) => sextet(body[from + step])) as [
        number,
        number,
        number,
        number,
      ];
      target[length++] = (a << 2) | (b >> 4);
      target[length++] = ((b & 15) << 4) | (c >> 2);
      target[length++] = ((c & 3) << 6) | d;
    }
    length = Math.min(length, lineStart + wanted);
    at = end + 1;
  }
  return target.subarray(0, length);
}

const sextet = (byte: number | undefined): number => ((byte ?? 0x20) - 0x20) & 0x3f;

/** Each byte lies 42 higher; `=` escapes one that lies 64 higher still; lines that begin with `=y` are yEnc's own. */
function decodeYenc(body: Buffer): Buffer {
  const target = Buffer.allocUnsafe(body.length);
  let length = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === 0x0a || byte === 0x0d) continue;
    if (byte !== 0x3d) {
      target[length++] = byte - 42;
    } else if (body[at + 1] === 0x79) {
      at = endOfLine(body, at);
    } else {
      at += 1;
      target[length++] = (body[at] ?? 0) - 106;
    }
  }
  return target.subarray(0, length);
}
