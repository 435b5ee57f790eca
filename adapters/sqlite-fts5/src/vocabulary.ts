/** The words that buckets hold: which of those near to a word there are. */
import type { DatabaseSync } from 'node:sqlite';
import type { TextTerm } from '@sluice/core/kernel/text-query.ts';
import { wordsOf } from '@sluice/core/kernel/words.ts';
import { type Bucket, markWords } from './buckets.ts';
import { mayBeForgiven, nearWords } from './near-words.ts';

export interface Vocabulary {
  /** Whether a letter of the term may be wrong: of a single long word, not in quotes. */
  mayForgive(term: TextTerm): boolean;
  /** Words of the buckets one letter away from the word of a term that may be forgiven, the most frequent first. */
  near(term: TextTerm, buckets: readonly Bucket[]): readonly string[];
}

const maxAlternatives = 12;

/** Of an open file; a table of its own it makes in the temporary database. */
export function openVocabulary(database: DatabaseSync): Vocabulary {
  database.exec(`
    PRAGMA query_only = OFF;
    CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search, row);
    PRAGMA query_only = ON;`);
  const find = database.prepare('SELECT doc FROM temp.words WHERE term = ?');

  const wordOf = ({ text, isQuoted }: TextTerm): string | undefined => {
    const [word = '', ...more] = [...wordsOf(text)].map(({ folded }) => folded);
    return isQuoted || more.length > 0 || !mayBeForgiven(word) ? undefined : word;
  };

  return {
    mayForgive: (term) => wordOf(term) !== undefined,
    near(term, buckets) {
      const word = wordOf(term);
      if (word === undefined) return [];
      const found: { readonly near: string; readonly mails: number }[] = [];
      for (const near of nearWords(word)) {
        let mails = 0;
        for (const { id } of buckets) mails += Number(find.get(markWords(id, near))?.['doc'] ?? 0);
        if (mails > 0) found.push({ near, mails });
      }
      const frequent = found.toSorted((left, right) => right.mails - left.mails);
      return frequent.slice(0, maxAlternatives).map(({ near }) => near);
    },
  };
}
