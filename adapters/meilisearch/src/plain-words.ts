/** Words that hold letters and digits only, as they may stand in a query or a filter without being syntax in it. */
import { wordsOf } from '@sluice/core/kernel/words.ts';

/** Some symbols belong to a script and so to a word, but no tokenizer takes them for letters. */
const isPlain = (word: string): boolean => /^[\p{L}\p{N}\p{Co}]+$/u.test(word);

export const plainWords = (text: string): string[] =>
  [...wordsOf(text)].map(({ folded }) => folded).filter(isPlain);
