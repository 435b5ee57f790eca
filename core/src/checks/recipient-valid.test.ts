/** Whether a recipient exists by the lists of its domain. */
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
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
