/** Hostile bytes and fields as text that a page can show: well-formed, without control characters, in a charset that fits. */
import { decodeWords } from 'postal-mime';
import { decodeText } from '../charset.ts';

/** No true field is longer. */
const maxFieldLength = 8_192;
const maxNameLength = 255;

/** Decodes as declared; where hardly anything but ASCII survives that, the charset was a lie: UTF-8, else Windows-1252. */
export function displayText(bytes: Buffer, charset: string | undefined): string {
  const text = decodeText(bytes, charset);
  return withoutNul(isMostlyBroken(text) ? decodeText(bytes, undefined) : text);
}

/** HTML may name its charset itself. */
export function displayHtml(bytes: Buffer, charset: string | undefined): string {
  const named = /<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})/i.exec(
    bytes.toString('latin1', 0, 4_096),
  )?.[1];
  return displayText(bytes, charset ?? named);
}

const withoutNul = (text: string): string => text.replaceAll('\0', '').toWellFormed();

function isMostlyBroken(text: string): boolean {
  if (!text.includes('\ufffd')) return false;
  let broken = 0;
  let sound = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0xfffd) broken += 1;
    else if (unit > 0x7f) sound += 1;
  }
  return broken > sound;
}

/** A header field, decoded. What turns the direction of writing is made visible: it is used to fake addresses. */
export function displayField(written: string): string {
  const value = withRealBytes(written.slice(0, maxFieldLength));
  const decoded = value.includes('=?') ? decodeWords(value) : value;
  return decoded
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
    .toWellFormed();
}

/** Bytes that were no UTF-8 came as one character each; those above ASCII are of Windows-1252, if of anything. */
const withRealBytes = (value: string): string =>
  /[\u0080-\u009f]/.test(value) && !/[^\0-\u00ff]/.test(value)
    ? decodeText(Buffer.from(value, 'latin1'), undefined)
    : value;

/** A file name for a list: no control, format or direction characters. */
export const displayName = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '')
    .toWellFormed()
    .slice(0, maxNameLength)
    .toWellFormed();
