/** The header of a mail read no further than listing and counting need; the inspector reads it in full. */

export interface HeaderView {
  /** Lower-case name to unfolded values, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** Where the body begins, in bytes. */
  readonly bodyStart: number;
}

/** Bytes of header that are looked at. */
const maxHeaderBytes = 128 * 1024;

export function readHeader(raw: Uint8Array): HeaderView {
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const bodyStart = headerEnd(buffer);
  const text = buffer.toString('utf8', 0, Math.min(bodyStart, maxHeaderBytes));
  const fields = new Map<string, string[]>();
  for (const line of text.replace(/\r?\n[ \t]/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trimEnd().toLowerCase();
    const values = fields.get(name);
    const value = line.slice(colon + 1).trim();
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return { fields, bodyStart };
}

/** Behind the first empty line, whatever its line ends; the length if there is none. */
function headerEnd(buffer: Buffer): number {
  if (buffer[0] === 0x0a) return 1;
  if (buffer[0] === 0x0d && buffer[1] === 0x0a) return 2;
  for (let at = buffer.indexOf(0x0a); at !== -1; at = buffer.indexOf(0x0a, at + 1)) {
    if (buffer[at + 1] === 0x0a) return at + 2;
    if (buffer[at + 1] === 0x0d && buffer[at + 2] === 0x0a) return at + 3;
  }
  return buffer.length;
}
