/** Pictures of a mail that lie elsewhere: they are not fetched, which would report who reads, but counted and named. */
import type { Attributes } from './attributes.ts';

const maxAlt = 300;

/** Whether a browser would fetch it from another machine. */
export const isRemote = (source: string): boolean =>
  // Browsers pass over control characters, take backslashes for slashes, and do without slashes behind a scheme.
  /^(?:https?:|ftp:|[/\\]{2})/i.test(source.slice(0, 200).replace(/[\0-\x20]/g, ''));

/** A box in place of a picture, with the words that its sender gave it. */
export function placeholder(attributes: Attributes): { readonly style: Attributes; readonly text: string } {
  // The invisible ones that report who reads a mail: a box for each would only be noise.
  if (isTiny(attributes['width']) || isTiny(attributes['height'])) return { style: {}, text: '' };
  const words = (attributes['alt'] ?? '').slice(0, maxAlt).toWellFormed().trim();
  const text = words === '' ? `[${whenceOf(attributes['src'] ?? '')}]` : words;
  return { style: { style: boxStyle }, text };
}

const isTiny = (length = ''): boolean => /^[0-2](?:px)?$/.test(length);

function whenceOf(source: string): string {
  const host = isRemote(source) ? URL.parse(source.trim(), 'https://unknown/')?.hostname : undefined;
  return host === undefined ? 'Image not shown' : `Image from ${host}, not loaded`;
}

const boxStyle =
  'display:inline-block;border:1px dashed #8a919c;padding:2px 6px;color:#57606a;background-color:#f6f8fa;font-size:12px;line-height:1.4;max-width:100%';
