/** Laws of a model that stands over another. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageOf } from '../checks/check-specification.ts';
import { countChange, type Taught } from './counts.ts';
import { createMemoryModel, memoryModels } from './memory-model.ts';
import { mailboxModelId, serviceModelId } from './model-id.ts';
import { observeBayes } from './observe.ts';
import { ownShare, standOver } from './stand-over.ts';
import { tokenize } from './tokenize.ts';

const mails = fc.nat({ max: 5_000 });
const count = fc.record({ spam: mails, ham: mails });
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

test('The share of the own word is from 0 to 1, and never falls with an own mail more', () => {
  fc.assert(
    fc.property(count, count, label, (own, below, as) => {
      const share = ownShare(own, below);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      if (own.spam + own.ham > 0) {
        expect(ownShare({ ...own, [as]: own[as] + 1 }, below)).toBeGreaterThanOrEqual(share);
      }
    }),
  );
});

test('However much the base was taught, with enough own mails of both kinds the own word outweighs it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 51, max: 5_000 }), count, (each, below) => {
      expect(ownShare({ spam: each, ham: each }, below)).toBeGreaterThan(0.5);
    }),
  );
  expect(ownShare({ spam: 5_000, ham: 5_000 }, { spam: 1e6, ham: 1e6 })).toBeGreaterThan(0.99);
});

test('Own mails of one kind alone do not silence a base that knows both', () => {
  expect(ownShare({ spam: 0, ham: 1_000 }, { spam: 100, ham: 100 })).toBe(0);
});

test('What comes out lies between the two', () => {
  const score = fc.double({ min: 0, max: 1, noNaN: true });
  const opinion = fc.record({ spam: mails, ham: mails, score, strengths: fc.constant(new Float64Array(2)) });
  fc.assert(
    fc.property(opinion, opinion, (own, below) => {
      const both = standOver(own, below);
      expect(both.score).toBeGreaterThanOrEqual(Math.min(own.score, below.score) - 1e-12);
      expect(both.score).toBeLessThanOrEqual(Math.max(own.score, below.score) + 1e-12);
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
