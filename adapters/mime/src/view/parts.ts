/** All that can be downloaded of a mail, numbered in an order that depends on its bytes alone. */
import type { Leaf } from '../leaf.ts';
import { contentOf } from '../second-look.ts';
import { isTextual } from '../sniff.ts';
import type { Structure } from '../structure.ts';
import { embeddedFiles, mayEmbedFiles } from '../uuencode.ts';
import { displayName } from './display-text.ts';

export interface Part {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  /** The leaf itself, or the one in whose text the file lies. */
  readonly leaf: Leaf;
  readonly isEmbedded: boolean;
  readonly content: Buffer;
}

/** More are not numbered. */
export const maxListed = 2_000;

/** One at a time: a large mail is not kept decoded as a whole. */
export function* partsOf({ leaves }: Structure): Generator<Part> {
  let index = 0;
  for (const leaf of leaves) {
    const { content } = contentOf(leaf);
    const name = displayName(leaf.names[0] ?? '');
    yield { index, name, type: leaf.type, leaf, isEmbedded: false, content };
    index += 1;
    for (const file of mayEmbed(leaf, content) ? embeddedFiles(content) : []) {
      if (index >= maxListed) return;
      const type = 'application/octet-stream';
      yield { index, name: displayName(file.name), type, leaf, isEmbedded: true, content: file.content };
      index += 1;
    }
    if (index >= maxListed) return;
  }
}

/** An attached mail has leaves of its own, in which is looked. */
const mayEmbed = (leaf: Leaf, content: Buffer): boolean =>
  !leaf.type.startsWith('message/') &&
  (leaf.type.startsWith('text/') || isTextual(content)) &&
  mayEmbedFiles(content);
