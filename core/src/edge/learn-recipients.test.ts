/** What deliveries teach of recipients. */
import { describe, expect, it } from 'vitest';
import { edgeInMemory } from '../checks/edge-specification.ts';
import { recallRecipients } from '../checks/recipient-memory.ts';
import { checkPolicy, policyOf } from '../judge/judge-specification.ts';
import { saysUnknown } from './callout.ts';
import { learnRecipients } from './learn-recipients.ts';

const outcomes = [
  { recipient: 'bob@here.example', outcome: 'delivered', code: 250, response: '250 ok', host: 'h:25' },
  { recipient: 'eve@here.example', outcome: 'failed', code: 550, response: '550 5.1.1 who?', host: 'h:25' },
  { recipient: 'full@here.example', outcome: 'failed', code: 552, response: '552 5.2.2 full', host: 'h:25' },
  { recipient: 'later@here.example', outcome: 'deferred', code: 451, response: '451 later', host: 'h:25' },
] as const;

describe('learning from deliveries', () => {
  const recall = (edge: ReturnType<typeof edgeInMemory>) =>
    recallRecipients(
      outcomes.map(({ recipient }) => recipient),
      { learn: true, callout: false },
      edge.view(),
    );

  it('keeps who was taken and who is unknown, and nobody else', async () => {
    const edge = edgeInMemory();
    const policy = policyOf({ 'recipient-valid': checkPolicy({ settings: { learn: true } }) });
    await learnRecipients(edge.counters, { domainId: 'domain', policy, outcomes });
    expect((await recall(edge)).known).toEqual({
      'bob@here.example': { is: 'valid', by: 'delivery', words: '' },
      'eve@here.example': { is: 'unknown', by: 'delivery', words: '550 5.1.1 who?' },
    });
  });

  it('learns nothing where nobody wishes it', async () => {
    const edge = edgeInMemory();
    await learnRecipients(edge.counters, { domainId: 'domain', policy: policyOf({}), outcomes });
    await learnRecipients(edge.counters, { domainId: 'domain', policy: undefined, outcomes });
    expect(await recall(edge)).toEqual({});
  });
});

describe('a reply to RCPT', () => {
  it.each([
    [550, '550 5.1.1 no such user', true],
    [550, '550 no such user here', true],
    [553, '553 mailbox name not allowed', true],
    [550, '550 5.2.1 mailbox disabled', true],
    [550, '550 5.7.1 your address is on a block list', false],
    [550, '550 5.1.8 bad sender', false],
    [554, '554 transaction failed', false],
    [552, '552 5.2.2 mailbox full', false],
    [450, '450 4.1.1 try later', false],
    [0, '', false],
  ])('%i, “%s”: the mailbox does not exist: %s', (code, words, isUnknown) => {
    expect(saysUnknown(code, words)).toBe(isUnknown);
  });
});
