/** Words as they may stand in a filter or a query without being syntax in it. */
import { wordsOf } from '@sluice/core/kernel/words.ts';

/** Some symbols belong to a script and so to a word, but no tokenizer takes them for letters. */
const isPlain = (word: string): boolean => /^[\p{L}\p{N}\p{Co}]+$/u.test(word);

/** For filters: letters and digits only, folded. */
export const plainWords = (text: string): string[] =>
  [...wordsOf(text)].map(({ folded }) => folded).filter(isPlain);

const punctuation = /[[\p{P}\p{Z}\p{C}]--\p{Co}]/v;

/**
 * For queries: as they were typed. Meilisearch folds them as it folds those of documents, and folding differs by script:
 * without its marks a Russian or an Indian word would be another one.
 */
export const typedWords = (text: string): string[] =>
  [...wordsOf(text)]
    .map(({ start, end }) => text.slice(start, end))
    .filter((word) => !punctuation.test(word));
