/** Cuts header fields that pretend to be ours out of what is delivered; the archive keeps the mail as it came. */

/**
 * The mail without fields `Authentication-Results` under our own authserv-id (RFC 8601 §5) and without `X-Sluice-*`. Call
 * it on the raw mail before the trace headers are put before it. The same array if there is nothing to cut.
 */
export function cutForged(raw: Uint8Array, authserv: string): Uint8Array {
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const field of headerFields(buffer)) {
    if (!isForged(buffer, field, authserv)) continue;
    kept.push(buffer.subarray(from, field.start));
    from = field.end;
  }
  return from === 0 ? raw : Buffer.concat([...kept, buffer.subarray(from)]);
}

interface Span {
  readonly start: number;
  /** Behind the last line of the field. */
  readonly end: number;
}

const lineFeed = 0x0a;

/** Fields with their folded lines, up to the first empty line; line ends may be bare. */
function* headerFields(buffer: Buffer): Generator<Span> {
  let start = 0;
  while (start < buffer.length && !isEmptyLine(buffer, start)) {
    let end = lineEnd(buffer, start);
    while (buffer[end] === 0x20 || buffer[end] === 0x09) end = lineEnd(buffer, end);
    yield { start, end };
    start = end;
  }
}

const lineEnd = (buffer: Buffer, from: number): number => {
  const at = buffer.indexOf(lineFeed, from);
  return at === -1 ? buffer.length : at + 1;
};

const isEmptyLine = (buffer: Buffer, at: number): boolean =>
  buffer[at] === lineFeed || (buffer[at] === 0x0d && buffer[at + 1] === lineFeed);

function isForged(buffer: Buffer, { start, end }: Span, authserv: string): boolean {
  // The first letters tell almost always, without making a text of the field.
  const first = (buffer[start] ?? 0) | 0x20;
  if (first !== 0x61 && first !== 0x78) return false;
  const field = buffer.toString('latin1', start, end);
  const colon = field.indexOf(':');
  const name = field.slice(0, Math.max(0, colon)).trim().toLowerCase();
  if (name.startsWith('x-sluice-')) return true;
  return name === 'authentication-results' && authservId(field.slice(colon + 1)) === authserv.toLowerCase();
}

/** The authserv-id behind white space and comments (RFC 8601 §2.2), lower case. */
function authservId(body: string): string {
  const text = withoutComments(body).trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(text)?.[1];
  const id = quoted === undefined ? (/^[^\s;]+/.exec(text)?.[0] ?? '') : quoted.replace(/\\(.)/gs, '$1');
  return id.toLowerCase();
}

/** Comments nest (RFC 5322 §3.2.2). */
function withoutComments(text: string): string {
  let depth = 0;
  let kept = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && depth > 0) at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return kept;
}
