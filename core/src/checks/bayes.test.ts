/** Check 40 judged on what models of a few mails make of a message. */
import { expect, test } from 'vitest';
import { type BayesObservation, observeBayes } from '../bayes/observe.ts';
import { countChange } from '../bayes/counts.ts';
import { createMemoryModel } from '../bayes/memory-model.ts';
import { tokenize } from '../bayes/tokenize.ts';
import { bayes } from './bayes.ts';
import { messageOf, viewOf } from './check-specification.ts';

const spamText = 'Cheap watches and pills, click now to order';
const hamText = 'Minutes of the meeting about the garden fence';

function taught(each: number) {
  const model = createMemoryModel();
  const learn = (text: string, as: 'spam' | 'ham') =>
    countChange([{ tokens: tokenize(messageOf({ text, subject: '' })).hashes, as }]);
  for (let at = 0; at < each; at++) {
    model.add(learn(`${spamText} ${at}`, 'spam'));
    model.add(learn(`${hamText} ${at}`, 'ham'));
  }
  return model;
}

const conclude = (fact: BayesObservation, settings: object = {}) =>
  bayes.judge(JSON.parse(JSON.stringify(fact)), bayes.settings.parse(settings), viewOf());

const observe = (text: string, each = 60) => observeBayes(messageOf({ text, subject: '' }), taught(each));

test('A mail whose words were taught as spam fails, and the strongest words are named', () => {
  const { result, reason, sentence } = conclude(observe(`Buy ${spamText} today`));
  expect({ result, reason }).toEqual({ result: 'fail', reason: 'learned-spam' });
  expect(sentence).toMatch(/^It reads like spam \(\d+(\.\d)? %\)\. For spam speak “cheap”/);
});

test('A mail whose words were taught as wanted passes', () => {
  const { result, sentence } = conclude(observe(`${hamText}, again`));
  expect(result).toBe('pass');
  expect(sentence).toContain('“minutes”');
});

test('A mail of words that nobody taught is unsure', () => {
  const { result, sentence } = conclude(observe('Ganz andere Wörter stehen hier'));
  expect(result).toBe('none');
  expect(sentence).toMatch(/^Unsure/);
});

test('Until enough mails of both kinds were taught it says how many there are, and nothing else', () => {
  expect(conclude(observe(spamText, 3))).toEqual({
    result: 'none',
    sentence: 'Not taught enough yet: 3 of 50 spam mails and 3 of 50 wanted ones.',
  });
});

test('Thresholds belong to judging: the same fact fails under one and is unsure under the other', () => {
  const fact = { ...observe(spamText), score: 0.9 };
  expect(conclude(fact, { spamFrom: 0.85 }).result).toBe('fail');
  expect(conclude(fact, { spamFrom: 0.99 }).result).toBe('none');
});

test('What is recorded is small, even where the words are long', () => {
  const fact = observe(`${spamText} ${'x'.repeat(5_000)}`);
  expect(JSON.stringify(fact).length).toBeLessThan(1_000);
});

test('Where nothing was taught there is no fact', async () => {
  const input = { observed: {} } as Parameters<typeof bayes.gather>[0];
  expect(await bayes.gather(input, {})).toEqual({ status: 'nothing' });
});
