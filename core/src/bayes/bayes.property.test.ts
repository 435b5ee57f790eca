/** Laws of training and scoring. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageOf } from '../checks/check-specification.ts';
import { logChiSquareTail } from './chi-square.ts';
import { countChange, type Taught } from './counts.ts';
import { createMemoryModel } from './memory-model.ts';
import { scoreTokens } from './score.ts';
import { packTokens, unpackTokens } from './token-digest.ts';
import { isPair } from './token-hash.ts';
import { tokenize } from './tokenize.ts';

const tokens = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
/** Any text, halves of characters too. */
const codeUnits = fc.uint16Array({ maxLength: 400 }).map((units) => String.fromCharCode(...units));
const label = fc.constantFrom('ham' as const, 'spam' as const);
const mail: fc.Arbitrary<Taught> = fc.record({ tokens, as: label });

function modelOf(taught: readonly Taught[]) {
  const model = createMemoryModel();
  for (const one of taught) model.add(countChange([one]));
  return model;
}

const countsOf = (model: ReturnType<typeof createMemoryModel>) => [
  model.spam,
  model.ham,
  ...Array.from({ length: 41 }, (_, token) => [model.spamWith(token), model.hamWith(token)]),
];

test('The order of training does not matter, nor whether it is done at once', () => {
  fc.assert(
    fc.property(fc.array(mail), (mails) => {
      const forwards = countsOf(modelOf(mails));
      expect(countsOf(modelOf(mails.toReversed()))).toEqual(forwards);
      const atOnce = createMemoryModel();
      atOnce.add(countChange(mails));
      expect(countsOf(atOnce)).toEqual(forwards);
    }),
  );
});

test('Saying otherwise of a mail leaves the counts as if only the last word had been said', () => {
  fc.assert(
    fc.property(fc.array(mail), mail, label, (others, one, last) => {
      const changed = modelOf([...others, one, { tokens: one.tokens, as: last, was: one }]);
      const direct = modelOf([...others, { tokens: one.tokens, as: last }]);
      expect(countsOf(changed)).toEqual(countsOf(direct));
      expect(changed.size).toBe(direct.size);
    }),
  );
});

test('The score is a number from 0 to 1, whatever was taught and asked', () => {
  fc.assert(
    fc.property(fc.array(mail), tokens, (mails, asked) => {
      const { score } = scoreTokens(asked, modelOf(mails).read(asked));
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }),
  );
});

test('Words that were seen in spam alone raise the score, and those of ham lower it', () => {
  const taught = Array.from({ length: 10 }, (): readonly Taught[] => [
    { tokens: [2, 4, 6], as: 'spam' },
    { tokens: [8, 10, 6], as: 'ham' },
  ]).flat();
  const model = modelOf(taught);
  const scoreOf = (some: readonly number[]) => scoreTokens(some, model.read(some)).score;
  expect(scoreOf([2, 4])).toBeGreaterThan(0.9);
  expect(scoreOf([8, 10])).toBeLessThan(0.1);
  expect(scoreOf([6])).toBeCloseTo(0.5);
  expect(scoreOf([1_000])).toBe(0.5);
});

test('A digest gives back the tokens it was made of, in ascending order', () => {
  const hashes = fc.uniqueArray(fc.maxSafeInteger().map(Math.abs));
  fc.assert(
    fc.property(hashes, (some) => {
      expect(unpackTokens(packTokens(some))).toEqual([...some].sort((a, b) => a - b));
    }),
  );
});

test('A digest that was damaged is read without a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const read = unpackTokens(Buffer.from(bytes).toString('base64'));
      expect(read.every((one) => Number.isSafeInteger(one))).toBe(true);
    }),
  );
});

test('Any text comes to tokens that are whole numbers, each once, and reads the same again', () => {
  fc.assert(
    fc.property(codeUnits, fc.string(), (text, value) => {
      const source = messageOf({ text, subject: value, headers: [{ name: 'X-Some', value }] });
      const { hashes } = tokenize(source);
      expect(new Set(hashes).size).toBe(hashes.length);
      expect(hashes.every((one) => Number.isInteger(one) && one >= 0 && one < 2 ** 36)).toBe(true);
      expect(tokenize(source).hashes).toEqual(hashes);
    }),
  );
});

test('Two words that stand together are a token of their own, apart from the words', () => {
  const bag = tokenize(messageOf({ text: 'cheap watches', headers: [], subject: '' }));
  const read = bag.hashes.map((hash, at) => ({ ...bag.reads(at), pair: isPair(hash) }));
  expect(read).toContainEqual({ kind: 'word', about: '', text: 'cheap', pair: false });
  expect(read).toContainEqual({ kind: 'phrase', about: '', text: 'cheap watches', pair: true });
});

test('The tail of chi-square is that of the tables', () => {
  // Abramowitz and Stegun, table 26.8: 5 % at 9.488 with 4 degrees, 1 % at 37.566 with 20.
  expect(Math.exp(logChiSquareTail(9.488 / 2, 2))).toBeCloseTo(0.05, 4);
  expect(Math.exp(logChiSquareTail(37.566 / 2, 10))).toBeCloseTo(0.01, 4);
  expect(logChiSquareTail(5_000, 10)).toBeLessThan(-4_900);
  expect(logChiSquareTail(0, 10)).toBe(0);
  expect(logChiSquareTail(1, 3_000)).toBeCloseTo(0);
});
