/** The words that an index holds: which of those near to a word there are. */
import type { DatabaseSync } from 'node:sqlite';
import type { TextTerm } from '@sluice/core/kernel/text-query.ts';
import { wordsOf } from '@sluice/core/kernel/words.ts';
import { mayBeForgiven, nearWords } from './near-words.ts';

export interface Vocabulary {
  /** Whether a letter of the term may be wrong: of a single long word, not in quotes. */
  mayForgive(term: TextTerm): boolean;
  /** Words one letter away from the word of a term that may be forgiven, the most frequent first. */
  near(term: TextTerm): readonly string[];
  /** The words that begin with the single word of a term; undefined where they are many, or it is none. */
  readonly continuations: (term: TextTerm) => readonly string[] | undefined;
}

const maxAlternatives = 12;
/** Looking for more of them, at some thirty microseconds each, costs more than it saves. */
const maxContinuations = 150;

/** Of an open file; a table of its own it makes in the temporary database. */
export function openVocabulary(database: DatabaseSync): Vocabulary {
  database.exec(`
    PRAGMA query_only = OFF;
    CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, row);
    CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, search, instance);
    PRAGMA query_only = ON;`);
  const find = database.prepare('SELECT doc FROM temp.words WHERE term = ?');

  // A step of its own from word to word: the table would walk through all places of each.
  const from = database.prepare('SELECT term FROM temp.places WHERE term >= ? LIMIT 1');

  const wordOf = ({ text, isQuoted }: TextTerm): string | undefined => {
    const [word = '', ...more] = [...wordsOf(text)].map(({ folded }) => folded);
    return isQuoted || more.length > 0 || !mayBeForgiven(word) ? undefined : word;
  };

  /** In the order of the index. */
  function continuations({ text }: TextTerm): readonly string[] | undefined {
    const [word = '', ...more] = [...wordsOf(text)].map(({ folded }) => folded);
    if (word === '' || more.length > 0) return undefined;
    const words: string[] = [];
    for (let at = word; ; at = `${at}\u0001`) {
      const next = from.get(at)?.['term'];
      if (typeof next !== 'string' || !next.startsWith(word)) return words;
      if (words.length === maxContinuations) return undefined;
      words.push(next);
      at = next;
    }
  }

  return {
    continuations,
    mayForgive: (term) => wordOf(term) !== undefined,
    near(term) {
      const word = wordOf(term);
      if (word === undefined) return [];
      const found: { readonly near: string; readonly mails: number }[] = [];
      for (const near of nearWords(word)) {
        const known = find.get(near);
        if (known !== undefined) found.push({ near, mails: Number(known['doc']) });
      }
      const frequent = found.toSorted((left, right) => right.mails - left.mails);
      return frequent.slice(0, maxAlternatives).map(({ near }) => near);
    },
  };
}
