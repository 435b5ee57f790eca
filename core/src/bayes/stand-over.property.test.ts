/** Laws of a model that stands over another. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageOf } from '../checks/check-specification.ts';
import { countChange, type Taught } from './counts.ts';
import { createMemoryModel, memoryModels } from './memory-model.ts';
import { mailboxModelId, serviceModelId } from './model-id.ts';
import { observeBayes } from './observe.ts';
import { type Evidence, standOver, worth } from './stand-over.ts';
import { tokenize } from './tokenize.ts';

const mails = fc.nat({ max: 5_000 });
const label = fc.constantFrom('ham' as const, 'spam' as const);
const text = fc.constantFrom(
  'cheap pills',
  'garden fence',
  'minutes of the meeting',
  'click now',
  'pills fence',
);
const words = fc.array(fc.tuple(text, label), { maxLength: 30 });

const messageWith = (some: string) => messageOf({ text: some, subject: '' });
function modelOf(said: readonly (readonly [string, 'ham' | 'spam'])[]) {
  const model = createMemoryModel();
  const taught = said.map(([some, as]): Taught => ({ tokens: tokenize(messageWith(some)).hashes, as }));
  model.add(countChange(taught));
  return model;
}
const isTaught = (said: readonly unknown[]): boolean => said.length > 0;

const domainId = 'd';
const ann = 'ann@here.example';
type Said = readonly (readonly [string, 'ham' | 'spam'])[];
const observe = (some: string, said: { readonly own?: Said; readonly base?: Said; readonly ann?: Said }) =>
  observeBayes(() => messageWith(some), {
    models: memoryModels({
      ...(said.own && isTaught(said.own) ? { [domainId]: modelOf(said.own) } : {}),
      ...(said.base && isTaught(said.base) ? { [serviceModelId]: modelOf(said.base) } : {}),
      ...(said.ann && isTaught(said.ann) ? { [mailboxModelId(domainId, ann)]: modelOf(said.ann) } : {}),
    }),
    domainId,
    recipients: [ann],
  });

test('With an empty base nothing changes', async () => {
  await fc.assert(
    fc.asyncProperty(words, text, async (own, some) => {
      const alone = await observe(some, { own });
      expect(await observe(some, { own, base: [] })).toEqual(alone);
      expect(alone?.base).toBeUndefined();
    }),
  );
});

test('With an empty model of its own the domain gets what the base says', async () => {
  await fc.assert(
    fc.asyncProperty(words.filter(isTaught), text, async (said, some) => {
      const base = await observe(some, { base: said });
      const own = await observe(some, { own: said });
      const { score, clues, spam, ham } = own!;
      expect(base).toMatchObject({ score, clues, spam, ham });
    }),
  );
});

const evidence: fc.Arbitrary<Evidence> = fc.record({ spam: mails, ham: mails }).chain(({ spam, ham }) => {
  const some = (most: number) => fc.array(fc.nat({ max: most }), { minLength: 3, maxLength: 3 });
  return fc.record({
    spam: fc.constant(spam),
    ham: fc.constant(ham),
    spams: some(spam),
    hams: some(ham),
  });
});
const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);

test('Of mails of a kind the share with a token lies between the two models', () => {
  fc.assert(
    fc.property(evidence, evidence, fc.nat({ max: 2 }), (own, below, at) => {
      const both = standOver(own, below);
      for (const [kind, counts] of [
        ['spam', 'spams'],
        ['ham', 'hams'],
      ] as const) {
        const said = [own, below]
          .filter((one) => one[kind] > 0)
          .map((one) => share(one[counts][at]!, one[kind]));
        const mixed = share(both[counts][at]!, both[kind]);
        expect(mixed).toBeGreaterThanOrEqual(Math.min(0, ...said) - 1e-9);
        expect(mixed).toBeLessThanOrEqual(Math.max(0, ...said) + 1e-9);
      }
    }),
  );
});

test('From so many own mails of a kind they outweigh those below, however many these are, and more so with each', () => {
  const most = fc.integer({ min: 0, max: 1_000_000 });
  const none: Evidence = { spam: 0, ham: 0, spams: [], hams: [] };
  const leftOf = (own: number, below: number): number =>
    standOver({ ...none, ham: own }, { ...none, ham: below, spam: 1 }).ham - own;
  fc.assert(
    fc.property(mails, most, (own, below) => {
      expect(leftOf(own + 1, below)).toBeLessThanOrEqual(leftOf(own, below) + 1e-6);
      if (own >= worth) expect(leftOf(own, below)).toBeLessThanOrEqual(own);
      if (own < 10) expect(leftOf(own, below)).toBeGreaterThanOrEqual(Math.min(below, worth) / 2);
    }),
  );
});

test('Spam alone that a domain reports does not make its ordinary mail suspicious', () => {
  fc.assert(
    fc.property(evidence, evidence, (own, below) => {
      fc.pre(below.spam + below.ham > 0);
      const alone = standOver({ ...own, ham: 0, hams: [0, 0, 0] }, below);
      expect([...Array.from(alone.spams), alone.spam]).toEqual([...Array.from(below.spams), below.spam]);
    }),
  );
});

test('Whatever was taught by whom, every score is a number from 0 to 1, and the domain’s does not depend on mailboxes', async () => {
  await fc.assert(
    fc.asyncProperty(words, words, words, text, async (own, base, mine, some) => {
      const seen = await observe(some, { own, base, ann: mine });
      const { mailboxes = [], ...domain } = seen ?? {};
      const { mailboxes: _, ...alone } = (await observe(some, { own, base })) ?? {};
      expect(domain).toEqual(alone);
      for (const { score } of [...(seen === undefined ? [] : [seen]), ...mailboxes]) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }
    }),
  );
});
