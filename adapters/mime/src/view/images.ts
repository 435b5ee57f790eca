/** Pictures that came along with a mail, as `data:` URIs. */
import type { Leaf } from '../leaf.ts';

const maxImageBytes = 3 * 1024 * 1024;
const maxTotalBytes = 10 * 1024 * 1024;

export interface InlineImages {
  /** The picture as a `data:` URI; undefined for one that is missing, too large, or none of the four kinds. */
  dataUri(source: string): string | undefined;
  /** The leaves that were shown. */
  readonly shown: ReadonlySet<Leaf>;
}

/** `leaves`: of the mail, of which those with a Content-ID can be named. */
export function createInlineImages(leaves: readonly Leaf[]): InlineImages {
  const byId = new Map<string, Leaf>();
  for (const leaf of leaves) {
    const id = leaf.contentId();
    if (id !== undefined && !byId.has(id)) byId.set(id, leaf);
  }
  const shown = new Set<Leaf>();
  let bytesLeft = maxTotalBytes;

  const encoded = (bytes: Buffer): string | undefined => {
    const type = imageType(bytes);
    if (type === undefined || bytes.length > Math.min(maxImageBytes, bytesLeft)) return undefined;
    bytesLeft -= bytes.length;
    return `data:${type};base64,${bytes.toString('base64')}`;
  };

  const embedded = (source: string): string | undefined => {
    const start = /^\s{0,99}data:image\/[\w.+-]{1,20};base64,/i.exec(source)?.[0].length;
    if (start === undefined || source.length > maxImageBytes * 1.5) return undefined;
    return encoded(Buffer.from(source.slice(start), 'base64'));
  };

  return {
    shown,
    dataUri(source) {
      const id = /^\s{0,99}cid:(.{1,1000})$/is.exec(source)?.[1]?.trim();
      if (id === undefined) return embedded(source);
      const leaf = byId.get(id) ?? byId.get(unescaped(id));
      const uri = leaf && encoded(leaf.content());
      if (leaf !== undefined && uri !== undefined) shown.add(leaf);
      return uri;
    },
  };
}

function unescaped(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** By its first bytes, whatever it is declared as. Never SVG, which is a document. */
function imageType(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  return head.startsWith('RIFF') && head.slice(8) === 'WEBP' ? 'image/webp' : undefined;
}
