/** Media type by the first bytes: file-type for what is binary, a few marks of our own for what is text. */
import { fileTypeFromBuffer } from 'file-type';

/** What file-type needs to tell one container format from another. */
const maxLooked = 1024 * 1024;

/** Text formats that matter to a name or type rule. */
const textMarks: readonly (readonly [RegExp, string])[] = [
  [/^%PDF-/, 'application/pdf'],
  [/^\{\\rtf/, 'application/rtf'],
  [/^(?:\ufeff|ï»¿)?\s{0,100}(?:<!doctype html|<html[\s>])/i, 'text/html'],
  [/^(?:\ufeff|ï»¿)?\s{0,100}(?:<\?xml[^>]{0,200}\?>\s{0,100})?<svg[\s>]/i, 'image/svg+xml'],
  [/^(?:\ufeff|ï»¿)?\s{0,100}<\?xml\s/i, 'application/xml'],
  [/^#! ?\//, 'text/x-shellscript'],
  [/^\[InternetShortcut\]/i, 'application/x-mswinurl'],
  [/^BEGIN:VCALENDAR/i, 'text/calendar'],
  [/^BEGIN:VCARD/i, 'text/vcard'],
  [/^-----BEGIN PGP MESSAGE-----/, 'application/pgp-encrypted'],
];

/** Whether the beginning is text: no control bytes but white space and escape. */
export function isTextual(content: Buffer): boolean {
  const limit = Math.min(content.length, 512);
  for (let at = 0; at < limit; at += 1) {
    const byte = content[at] ?? 0;
    if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09 && byte !== 0x0c && byte !== 0x1b)
      return false;
  }
  return true;
}

/** For content that is textual. */
export function sniffText(content: Buffer): string | undefined {
  const head = content.toString('latin1', 0, 512);
  return textMarks.find(([pattern]) => pattern.test(head))?.[1];
}

/** For any content. */
export async function sniff(content: Buffer): Promise<string | undefined> {
  if (content.length === 0) return undefined;
  if (isTextual(content)) return sniffText(content);
  return (await detect(content.subarray(0, maxLooked))) ?? magicOf(content);
}

async function detect(content: Buffer): Promise<string | undefined> {
  try {
    return (await fileTypeFromBuffer(content))?.mime;
  } catch {
    return undefined;
  }
}

/** The beginnings of what carries programs, in case that the rest is too broken for more than a guess. */
const magics: readonly (readonly [string, string])[] = [
  ['PK\x03\x04', 'application/zip'],
  ['MZ', 'application/x-msdownload'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/x-cfb'],
  ['%PDF-', 'application/pdf'],
  ['Rar!\x1a\x07', 'application/x-rar-compressed'],
  ["7z\xbc\xaf'\x1c", 'application/x-7z-compressed'],
  ['\x1f\x8b\x08', 'application/gzip'],
  ['MSCF', 'application/vnd.ms-cab-compressed'],
  ['\x7fELF', 'application/x-elf'],
  ['{\\rtf', 'application/rtf'],
];

export function magicOf(content: Buffer): string | undefined {
  const head = content.toString('latin1', 0, 8);
  return magics.find(([magic]) => head.startsWith(magic))?.[1];
}
