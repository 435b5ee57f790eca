/** The words that buckets hold: which of those near to a word there are. */
import type { DatabaseSync } from 'node:sqlite';
import type { TextTerm } from '@sluice/core/kernel/text-query.ts';
import { wordsOf } from '@sluice/core/kernel/words.ts';
import { type Bucket, markWords } from './buckets.ts';
import { isNear, mayBeForgiven, rightBeginning, wrongSecondLetter } from './near-words.ts';

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
  const find = database.prepare('SELECT term, doc FROM temp.words WHERE term = ?');
  const between = database.prepare(`
    SELECT term, doc FROM temp.words
    WHERE term >= :from AND term < :to AND length(term) BETWEEN :shortest AND :longest`);

  const wordOf = ({ text, isQuoted }: TextTerm): string | undefined => {
    const [word = '', ...more] = [...wordsOf(text)].map(({ folded }) => folded);
    return isQuoted || more.length > 0 || !mayBeForgiven(word) ? undefined : word;
  };

  /** Most have their first two letters right: those are read in a row, and the few others looked up one by one. */
  function* nearIn(
    bucket: number,
    word: string,
  ): Generator<{ readonly near: string; readonly mails: number }> {
    const mark = markWords(bucket, word).length - word.length;
    const from = markWords(bucket, rightBeginning(word));
    const length = Array.from(word).length + mark;
    const alike = between.all({ from, to: `${from}\u{10FFFF}`, shortest: length - 1, longest: length + 1 });
    const others = [...wrongSecondLetter(word)].flatMap((near) => find.all(markWords(bucket, near)));
    for (const { term, doc } of [...alike, ...others]) {
      const near = String(term).slice(mark);
      if (isNear(word, near)) yield { near, mails: Number(doc) };
    }
  }

  return {
    mayForgive: (term) => wordOf(term) !== undefined,
    near(term, buckets) {
      const word = wordOf(term);
      if (word === undefined) return [];
      const found = new Map<string, number>();
      for (const { id } of buckets) {
        for (const { near, mails } of nearIn(id, word)) found.set(near, (found.get(near) ?? 0) + mails);
      }
      const frequent = [...found].toSorted(([, left], [, right]) => right - left);
      return frequent.slice(0, maxAlternatives).map(([near]) => near);
    },
  };
}
