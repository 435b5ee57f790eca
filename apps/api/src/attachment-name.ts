/** The file name under which a part of a mail is downloaded: what its sender called it, made harmless. */

const maxBytes = 180;

/** Names that Windows takes for devices. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** Without folders, without characters that control, turn the direction of writing, or mean something to a shell or file system. */
export function safeFileName(name: string, index: number): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\ufffd]+/gu, '')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/[<>:"|?*`$%;&!'{}~^]+/g, '_')
    .replace(/^[\s.-]+|[\s.]+$/g, '')
    .replace(devices, '_$&');
  return plain === '' ? `part-${index}.bin` : shortened(plain);
}

/** Cut before its extension, by which people tell what it is. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const extension = /\.[\p{L}\d]{1,10}$/u.exec(name)?.[0] ?? '';
  let bytesLeft = maxBytes - Buffer.byteLength(extension);
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    bytesLeft -= Buffer.byteLength(character);
    if (bytesLeft < 0) break;
    stem += character;
  }
  return stem + extension;
}

/** RFC 6266: an ASCII name for old programs, and the true one by RFC 8187 where it differs. */
export function attachmentHeader(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const plain = `attachment; filename="${ascii}"`;
  return ascii === name ? plain : `${plain}; filename*=UTF-8''${encoded(name)}`;
}

const encoded = (name: string): string =>
  encodeURIComponent(name).replace(
    /['()*!~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
