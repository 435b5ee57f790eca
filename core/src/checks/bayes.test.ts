/** Check 40 judged on what models of a few mails make of a message. */
import { expect, test } from 'vitest';
import { type BayesObservation, observeBayes } from '../bayes/observe.ts';
import { countChange } from '../bayes/counts.ts';
import { createMemoryModel, memoryModels } from '../bayes/memory-model.ts';
import { mailboxModelId, serviceModelId } from '../bayes/model-id.ts';
import { tokenize } from '../bayes/tokenize.ts';
import { bayes } from './bayes.ts';
import { envelopeOf, messageOf, viewOf } from './check-specification.ts';

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

const conclude = (fact: BayesObservation, settings: object = {}, view = viewOf()) =>
  bayes.judge(JSON.parse(JSON.stringify(fact)), bayes.settings.parse(settings), view);

const domainId = 'domain';
const asked = async (
  text: string,
  models: Parameters<typeof memoryModels>[0],
  recipients?: readonly string[],
) =>
  (await observeBayes(() => messageOf({ text, subject: '' }), {
    models: memoryModels(models),
    domainId,
    ...(recipients === undefined ? {} : { recipients }),
  }))!;

const observe = (text: string, each = 60) => asked(text, { [domainId]: taught(each) });

test('A mail whose words were taught as spam fails, and the strongest words are named', async () => {
  const { result, reason, sentence } = conclude(await observe(`Buy ${spamText} today`));
  expect({ result, reason }).toEqual({ result: 'fail', reason: 'learned-spam' });
  expect(sentence).toMatch(/^It reads like spam \(\d+(\.\d)? %\)\. For spam speak “cheap”/);
});

test('A mail whose words were taught as wanted passes', async () => {
  const { result, sentence } = conclude(await observe(`${hamText}, again`));
  expect(result).toBe('pass');
  expect(sentence).toContain('“minutes”');
});

test('A mail of words that nobody taught is unsure', async () => {
  const { result, sentence } = conclude(await observe('Ganz andere Wörter stehen hier'));
  expect(result).toBe('none');
  expect(sentence).toMatch(/^Unsure/);
});

test('Until enough mails of both kinds were taught it says how many there are, and nothing else', async () => {
  expect(conclude(await observe(spamText, 3))).toEqual({
    result: 'none',
    sentence: 'Not taught enough yet: 3 of 50 spam mails and 3 of 50 wanted ones.',
  });
});

test('Thresholds belong to judging: the same fact fails under one and is unsure under the other', async () => {
  const fact = { ...(await observe(spamText)), score: 0.9 };
  expect(conclude(fact, { spamFrom: 0.85 }).result).toBe('fail');
  expect(conclude(fact, { spamFrom: 0.99 }).result).toBe('none');
});

test('What is recorded is small, even where the words are long', async () => {
  const fact = await observe(`${spamText} ${'x'.repeat(5_000)}`);
  expect(JSON.stringify(fact).length).toBeLessThan(1_000);
});

test('Where nothing was taught there is no fact', async () => {
  const input = { observed: {} } as Parameters<typeof bayes.gather>[0];
  expect(await bayes.gather(input, {})).toEqual({ status: 'nothing' });
});

test('The samples of the service decide where the domain has taught nothing, and count towards the minimum', async () => {
  const fact = await asked(spamText, { [serviceModelId]: taught(60) });
  expect(fact).toMatchObject({ spam: 60, ham: 60, base: { spam: 60, ham: 60 }, model: '0/0' });
  expect(conclude(fact)).toMatchObject({
    result: 'fail',
    sentence: expect.stringContaining('as the service was taught'),
  });
  const both = await asked(spamText, { [serviceModelId]: taught(30), [domainId]: taught(30) });
  expect(conclude(both)).toMatchObject({ result: 'fail' });
  expect(conclude(both, { minimum: 61 }).result).toBe('none');
});

test('With the scope mailbox each recipient is judged by what they have taught, and others by their domain', async () => {
  const [ann, bob] = ['Ann@here.example', 'bob@here.example'];
  const contrary = createMemoryModel();
  for (let at = 0; at < 500; at++) {
    const tokens = (text: string) => tokenize(messageOf({ text, subject: '' })).hashes;
    contrary.add(countChange([{ tokens: tokens(spamText), as: 'ham' }]));
    contrary.add(countChange([{ tokens: tokens(hamText), as: 'spam' }]));
  }
  const models = { [domainId]: taught(60), [mailboxModelId(domainId, ann)]: contrary };
  const fact = await asked(spamText, models, [ann, bob]);
  expect(fact.mailboxes).toMatchObject([{ at: 0, spam: 500, ham: 500 }]);
  const envelope = envelopeOf({ recipients: [ann, bob] });
  const of = (recipient: string, scope: string) =>
    conclude(fact, { scope }, viewOf({ envelope, recipient: recipient.toLowerCase() })).result;
  expect([of(ann, 'mailbox'), of(bob, 'mailbox')]).toEqual(['pass', 'fail']);
  expect(of(ann, 'domain')).toBe('fail');
});

test('A fact of a time when mailboxes were not asked is judged, and says what was not asked', async () => {
  const fact = await observe(spamText);
  expect(conclude(fact, { scope: 'mailbox' }).result).toBe('fail');
  expect(bayes.unasked?.(fact, bayes.settings.parse({ scope: 'mailbox' }))).toHaveLength(1);
  expect(bayes.unasked?.(fact, bayes.settings.parse({}))).toEqual([]);
});
