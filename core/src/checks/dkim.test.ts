/** What follows from the signatures of a mail. */
import { describe, expect, it } from 'vitest';
import type { DkimSignature } from '../ports/mail-authenticator.ts';
import { concluded, gathered } from './check-specification.ts';
import { dkim } from './dkim.ts';

const signature = (some: Partial<DkimSignature> = {}): DkimSignature => ({
  result: 'pass',
  domain: 'sender.example',
  selector: 's1',
  algorithm: 'rsa-sha256',
  keyBits: 2048,
  ...some,
});
const judgeDkim = (signatures: readonly DkimSignature[], settings: object = {}) =>
  concluded(dkim, { dkim: signatures, settings });

describe('dkim', () => {
  it('records the signatures and the author domain', async () => {
    expect(await gathered(dkim, { dkim: [signature()] })).toEqual({
      status: 'observed',
      fact: { signatures: [signature()], author: 'sender.example' },
    });
  });

  it('passes a mail with a valid signature', async () => {
    expect(await judgeDkim([signature()])).toEqual({
      result: 'pass',
      sentence: 'Signed by sender.example: rsa-sha256 with 2048 bits by sender.example, selector s1: pass.',
    });
  });

  it('passes if one of several signatures is valid', async () => {
    const broken = signature({ result: 'fail', comment: 'bad signature', domain: 'list.example' });
    expect(await judgeDkim([broken, signature()])).toMatchObject({ result: 'pass' });
  });

  it('has nothing to say of an unsigned mail', async () => {
    expect(await judgeDkim([])).toEqual({ result: 'none', sentence: 'The mail is not signed.' });
  });

  it('leaves a mail with broken signatures alone, unless the settings say otherwise', async () => {
    const broken = [signature({ result: 'fail', comment: 'bad signature' })];
    const sentence =
      'No signature is valid: rsa-sha256 with 2048 bits by sender.example, selector s1: fail (bad signature).';
    expect(await judgeDkim(broken)).toEqual({ result: 'none', sentence });
    expect(await judgeDkim(broken, { actOnBroken: true })).toEqual({
      result: 'fail',
      reason: 'dkim-broken',
      sentence,
    });
  });

  it('does not count RSA keys that are too short, and has no such rule for Ed25519', async () => {
    const settings = { minKeyBits: 2048, actOnBroken: true };
    expect(await judgeDkim([signature({ keyBits: 1024 })], settings)).toMatchObject({ result: 'fail' });
    const edwards = signature({ algorithm: 'ed25519-sha256', keyBits: 256 });
    expect(await judgeDkim([edwards], settings)).toMatchObject({ result: 'pass' });
  });

  it('never lets a key shorter than 1024 bits be chosen (RFC 8301)', () => {
    expect(dkim.settings.safeParse({ minKeyBits: 512 }).success).toBe(false);
  });

  describe('domains that must sign', () => {
    const settings = { mustSign: ['sender.example', '*.bank.example'] };

    it('fails their unsigned mail', async () => {
      expect(await judgeDkim([], settings)).toEqual({
        result: 'fail',
        reason: 'dkim-missing',
        sentence: 'Mail from sender.example must be signed by it (sender.example), but it is not signed.',
      });
    });

    it('fails their mail with only the signature of somebody else', async () => {
      expect(await judgeDkim([signature({ domain: 'list.example' })], settings)).toMatchObject({
        result: 'fail',
        reason: 'dkim-missing',
      });
    });

    it('passes their mail with their own signature, also by a subdomain', async () => {
      expect(await judgeDkim([signature({ domain: 'mail.sender.example' })], settings)).toMatchObject({
        result: 'pass',
      });
    });

    it('leaves the mail of other domains alone', async () => {
      const other = await concluded(dkim, {
        dkim: [],
        settings,
        message: { from: [{ name: '', address: 'x@other.example' }] },
      });
      expect(other).toMatchObject({ result: 'none' });
    });

    it('cannot be met by a mail without exactly one author domain', async () => {
      const two = [
        { name: '', address: 'x@a.bank.example' },
        { name: '', address: 'y@other.example' },
      ];
      const found = await gathered(dkim, { dkim: [], settings, message: { from: two } });
      expect(found).toMatchObject({ fact: { author: '' } });
    });
  });

  it('is an error where no key could be asked for', async () => {
    const asked = signature({ result: 'temperror', comment: 'DNS failure: ETIMEOUT' });
    expect(await gathered(dkim, { dkim: [asked] })).toEqual({
      status: 'error',
      message:
        'the key could not be asked for (rsa-sha256 with 2048 bits by sender.example, selector s1: temperror (DNS failure: ETIMEOUT))',
    });
    expect(await gathered(dkim, { dkim: [asked, signature()] })).toMatchObject({ status: 'observed' });
  });
});
