/** Buckets: every word of a text is marked, where SQLite sees a word too, and no mark makes one word of a bucket another's. */
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { groupOf, markWords } from './buckets.ts';

it('marks every word of every bucket differently', () => {
  const words = ['2024', '4', 'k', 'k7', '7k', 'invoice', '24k'];
  const marked = [2, 7, 72, 724].flatMap((bucket) => words.map((word) => markWords(bucket, word)));
  expect(new Set(marked).size).toBe(marked.length);
});

it('marks the words that SQLite sees, in all scripts', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(`
    CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE words USING fts5vocab (search, instance);`);
  const insert = database.prepare('INSERT INTO search (text) VALUES (?)');
  const texts = [
    'Ihre Rechnung_2024.pdf, news@shop.example: 100 €!',
    'Überweisung U\u0308berweisung naïve Ελληνικά звіт Přílišžluťoučký',
    'हिन्दी में العربية עברית ไทย 增 值 \u{E002} e\u0305x',
    '-- \u200b zero\u200bwidth «quoted» a‍b 𝒜𝓁𝓁 ²½ \u{1F600}smile',
  ];
  for (const text of texts) insert.run(markWords(7, text));
  const words = database.prepare('SELECT term FROM words').all();
  const strange = words.map(({ term }) => String(term)).filter((term) => !term.startsWith('7k'));
  expect(strange).toEqual([]);
  expect(words.length).toBeGreaterThan(30);
  database.close();
});

it('puts an account into one group, the same for ever', () => {
  expect(groupOf('0193a000-0000-7000-8000-000000000001')).toBe(
    groupOf('0193a000-0000-7000-8000-000000000001'),
  );
  expect(['', 'a', 'account'].map(groupOf)).toEqual([5, 44, 28]);
});
