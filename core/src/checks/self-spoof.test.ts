/** Outsiders that use the name of the domain itself. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered, type Circumstances } from './check-specification.ts';
import { selfSpoof } from './self-spoof.ts';

const unproven = { spf: { result: 'none', domain: 'here.example' }, dkim: [] } as const;
const from = (address: string) => ({ from: [{ name: 'Chief', address }] });
const judgeFrom = (address: string, some: Circumstances = {}) =>
  concluded(selfSpoof, { ...unproven, message: from(address), ...some });

describe('self-spoof', () => {
  it('fails an outsider with an address of the domain in From', async () => {
    expect(await judgeFrom('Chief@Here.example')).toEqual({
      result: 'fail',
      reason: 'self-spoofed',
      sentence:
        '192.0.2.10 sends as chief@here.example, an address of the domain itself, and neither SPF nor DKIM proves it.',
    });
  });

  it('fails an outsider with an address of the domain in the envelope, and with a name below it', async () => {
    const envelope = { sender: 'bob@here.example' };
    expect(await concluded(selfSpoof, { ...unproven, envelope })).toMatchObject({ result: 'fail' });
    expect(await judgeFrom('it@mail.here.example')).toMatchObject({ result: 'fail' });
  });

  it.each([
    ['SPF', { spf: { result: 'pass' as const, domain: 'bounce.here.example' } }],
    [
      'DKIM',
      { dkim: [{ result: 'pass' as const, domain: 'here.example', selector: 's', algorithm: 'rsa-sha256' }] },
    ],
  ])('passes what %s proves', async (_name, proof) => {
    expect(await judgeFrom('chief@here.example', { ...unproven, ...proof })).toEqual({
      result: 'pass',
      sentence: 'chief@here.example is an address of the domain, and SPF or DKIM proves it.',
    });
  });

  it('passes addresses and servers that are named, and says by which entry', async () => {
    expect(await judgeFrom('news@here.example', { settings: { senders: ['news@here.example'] } })).toEqual({
      result: 'pass',
      sentence: '192.0.2.10 may send as news@here.example (news@here.example).',
    });
    expect(await judgeFrom('chief@here.example', { settings: { servers: ['192.0.2.0/24'] } })).toMatchObject({
      result: 'pass',
      sentence: expect.stringContaining('(192.0.2.0/24)'),
    });
  });

  it.each([
    'alice@sender.example',
    'chief@nothere.example',
    'chief@here.example.evil.example',
    'here.example',
  ])('writes nothing of %s, and asks for no proof', async (address) => {
    expect(await gathered(selfSpoof, { message: from(address) })).toEqual({ status: 'nothing' });
  });

  it('is an error where the proof could not be asked for', async () => {
    const spf = { result: 'temperror', domain: 'here.example' } as const;
    expect(await gathered(selfSpoof, { spf, dkim: [], message: from('a@here.example') })).toMatchObject({
      status: 'error',
    });
  });

  it('leaves private clients alone', async () => {
    expect(await gathered(selfSpoof, { envelope: { ip: '10.0.0.1' } })).toMatchObject({ status: 'skipped' });
  });
});
