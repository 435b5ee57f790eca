/** Which leaves of a mail a person reads: of alternatives the form they prefer, and what stands beside it. */
import type { Leaf } from '../leaf.ts';
import { isReadable } from '../message-text.ts';
import type { Structure } from '../structure.ts';

export type Form = 'text/plain' | 'text/html';

export interface ReadableMail {
  /** The leaves to show where this form is preferred, in their order. */
  inForm(form: Form): readonly Leaf[];
  /** Whether a leaf belongs to a mail that is attached to this one. */
  isInside(leaf: Leaf): boolean;
  /** Decoded once. */
  contentOf(leaf: Leaf): Buffer;
}

export function readableMail({ leaves, alternatives }: Structure): ReadableMail {
  const contents = new Map<Leaf, Buffer>();
  const contentOf = (leaf: Leaf): Buffer => {
    const content = contents.get(leaf) ?? leaf.content();
    contents.set(leaf, content);
    return content;
  };
  const messages = new Set(leaves.filter(({ type }) => type.startsWith('message/')).map(({ path }) => path));
  const isInside = (leaf: Leaf): boolean => prefixesOf(leaf.path).some((prefix) => messages.has(prefix));
  const readable = leaves.filter((leaf) => isReadable(leaf) && hasWords(contentOf(leaf)));
  const own = readable.filter((leaf) => !isInside(leaf));
  // A mail that is nothing but another mail, as some programs forward: then that one is read.
  const candidates = own.length > 0 ? own : readable;

  return {
    contentOf,
    isInside,
    inForm(form) {
      const branches = new Map<string, Set<string>>();
      for (const leaf of candidates) {
        if (leaf.type !== form) continue;
        for (const { at, branch } of choicesAbove(leaf, alternatives)) {
          branches.set(at, (branches.get(at) ?? new Set()).add(branch));
        }
      }
      // Left out only where another branch of the same choice has the preferred form, and its own has not.
      return candidates.filter((leaf) =>
        choicesAbove(leaf, alternatives).every(({ at, branch }) => branches.get(at)?.has(branch) ?? true),
      );
    },
  };
}

/** The alternatives that a leaf stands under, and in which branch of each. */
function choicesAbove(leaf: Leaf, alternatives: ReadonlySet<string>) {
  return ['', ...prefixesOf(leaf.path)]
    .filter((prefix) => alternatives.has(prefix))
    .map((prefix) => {
      const rest = prefix === '' ? leaf.path : leaf.path.slice(prefix.length + 1);
      return { at: prefix, branch: rest.split('.')[0] ?? '' };
    });
}

/** Of `1.2.3`: `1` and `1.2`. */
function prefixesOf(path: string): readonly string[] {
  const numbers = path.split('.');
  return numbers.slice(1).map((_, at) => numbers.slice(0, at + 1).join('.'));
}

/** An empty form is none: spam often has one. */
const hasWords = (content: Buffer): boolean => /\S/.test(content.toString('latin1', 0, 65_536));
