/** Whether a recipient exists by the lists of its domain. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { edgeInMemory } from './edge-specification.ts';
import type { RecipientAnswer } from './edge-view.ts';
import { rememberRecipient } from './recipient-memory.ts';
import { recipientValid } from './recipient-valid.ts';

const judgeRecipient = (recipient: string, settings: object) =>
  concluded(recipientValid, { settings, view: { recipient } });

describe('recipient-valid', () => {
  it('takes every recipient where there is no list', async () => {
    expect(await judgeRecipient('anybody@here.example', {})).toEqual({
      result: 'none',
      sentence: 'There is no list of valid addresses, so every recipient is taken.',
    });
  });

  it('takes a listed recipient, whatever its case in the list', async () => {
    expect(await judgeRecipient('bob@here.example', { valid: ['Bob@Here.Example'] })).toEqual({
      result: 'pass',
      sentence: 'bob@here.example is on the list of valid addresses (Bob@Here.Example).',
    });
  });

  it('refuses a recipient that is not listed', async () => {
    expect(await judgeRecipient('eve@here.example', { valid: ['bob@here.example'] })).toEqual({
      result: 'fail',
      reason: 'recipient-unknown',
      sentence: 'eve@here.example is not on the list of valid addresses.',
    });
  });

  it('lets a star stand for any run of characters', async () => {
    const settings = { valid: ['sales-*@here.example'] };
    expect(await judgeRecipient('sales-north@here.example', settings)).toMatchObject({ result: 'pass' });
    expect(await judgeRecipient('sale@here.example', settings)).toMatchObject({ result: 'fail' });
  });

  it('lets the list of invalid addresses win', async () => {
    const settings = { valid: ['*@here.example'], invalid: ['old@here.example'] };
    expect(await judgeRecipient('old@here.example', settings)).toEqual({
      result: 'fail',
      reason: 'recipient-unknown',
      sentence: 'old@here.example is on the list of invalid addresses (old@here.example).',
    });
    expect(await judgeRecipient('new@here.example', settings)).toMatchObject({ result: 'pass' });
  });

  it('takes postmaster even if nobody listed it, unless it is listed as invalid', async () => {
    const settings = { valid: ['bob@here.example'] };
    expect(await judgeRecipient('postmaster@here.example', settings)).toMatchObject({ result: 'pass' });
    expect(
      await judgeRecipient('postmaster@here.example', { ...settings, invalid: ['postmaster@here.example'] }),
    ).toMatchObject({ result: 'fail' });
  });

  it.each(['here.example', '192.0.2.1', 'two words@here.example', ''])(
    'does not take %j as an address',
    (text) => {
      const parsed = recipientValid.settings.safeParse({ valid: [text] });
      expect(parsed.success).toBe(false);
    },
  );
});

describe('recipient-valid by the mail server of the domain', () => {
  const bob = { recipients: ['Bob@here.example'] };

  /** An edge whose domain's server says the same of everybody; `asked` are those it was asked about. */
  function edgeThatHears(answer: RecipientAnswer) {
    const edge = edgeInMemory();
    const asked: string[] = [];
    const callout = async (recipient: string) => {
      asked.push(recipient);
      return answer;
    };
    const judgeBob = (settings: object) =>
      concluded(recipientValid, { edge: edge.view({ callout }), envelope: bob, settings });
    return { ...edge, asked, judgeBob };
  }

  it('refuses whom it does not know, asked once an hour', async () => {
    const edge = edgeThatHears({ is: 'unknown', words: '550 5.1.1 no such user' });
    for (let time = 0; time < 3; time += 1) {
      expect(await edge.judgeBob({ callout: true })).toEqual({
        result: 'fail',
        reason: 'recipient-unknown',
        sentence:
          "The domain's server did not know bob@here.example when it was asked: 550 5.1.1 no such user. Remembered by this edge alone.",
      });
    }
    expect(edge.asked).toEqual(['bob@here.example']);
    edge.wait({ hours: 1 });
    await edge.judgeBob({ callout: true });
    expect(edge.asked).toHaveLength(2);
  });

  it('takes whom it knows, beside those on the list', async () => {
    const edge = edgeThatHears({ is: 'valid', words: '' });
    const settings = { callout: true, valid: ['carol@here.example'] };
    expect(await edge.judgeBob(settings)).toMatchObject({ result: 'pass' });
  });

  it('takes everybody while it gives no clear answer, and does not ask again at once', async () => {
    const edge = edgeThatHears({ is: 'unsure', words: '451 later' });
    const settings = { callout: true, valid: ['carol@here.example'] };
    for (let time = 0; time < 3; time += 1) {
      expect(await edge.judgeBob(settings)).toEqual({
        result: 'none',
        sentence: 'Whether bob@here.example exists could not be told, so it is taken.',
      });
    }
    expect(edge.asked).toHaveLength(1);
  });

  it('does not ask about those whom a list settles', async () => {
    const edge = edgeThatHears({ is: 'valid', words: '' });
    const settings = { callout: true, invalid: ['bob@here.example'] };
    expect(await edge.judgeBob(settings)).toMatchObject({ result: 'fail' });
    expect(await edge.judgeBob({ callout: true, valid: ['bob@here.example'] })).toMatchObject({
      result: 'pass',
    });
    expect(edge.asked).toEqual([]);
  });

  it('learns from deliveries, where that is wished', async () => {
    const edge = edgeThatHears({ is: 'valid', words: '' });
    const learned = { is: 'unknown', by: 'delivery', words: '550 5.1.1 gone' } as const;
    await rememberRecipient(edge.counters, 'domain', 'BOB@here.example', learned);
    expect(await edge.judgeBob({})).toMatchObject({ result: 'none' });
    expect(await edge.judgeBob({ learn: true })).toMatchObject({
      result: 'fail',
      sentence: expect.stringMatching(/did not know bob@here.example when a mail was delivered to it/),
    });
    expect(edge.asked).toEqual([]);
  });

  it('asks nobody for a mail of an archive', async () => {
    const settings = { learn: true, callout: true };
    expect(await gathered(recipientValid, { envelope: bob, settings })).toEqual({
      status: 'observed',
      fact: {},
    });
  });
});
