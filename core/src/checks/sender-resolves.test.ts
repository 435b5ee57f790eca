/** Whether the sender could be written back to. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { senderResolves } from './sender-resolves.ts';

const mx = 'MX sender.example';

describe('sender-resolves', () => {
  it('passes a domain with mail exchangers, and names some', async () => {
    const records = ['10 a.example', '20 b.example', '30 c.example', '40 d.example'];
    expect(await concluded(senderResolves, { dns: { [mx]: records } })).toEqual({
      result: 'pass',
      sentence: 'Mail for sender.example is taken by 10 a.example, 20 b.example, 30 c.example.',
    });
  });

  it.each(['A', 'AAAA'])('passes a domain with an address alone (%s)', async (type) => {
    const dns = { [mx]: [], [`${type} sender.example`]: ['192.0.2.1'] };
    expect(await concluded(senderResolves, { dns })).toEqual({
      result: 'pass',
      sentence: 'sender.example has no MX record, but the address 192.0.2.1.',
    });
  });

  it('fails a domain that does not exist, and asks no more of it', async () => {
    expect(await concluded(senderResolves, { dns: { 'A sender.example': 'not to be asked' } })).toEqual({
      result: 'fail',
      reason: 'sender-unresolvable',
      sentence: 'The domain of the sender, sender.example, does not exist.',
    });
  });

  it('fails a domain with neither', async () => {
    expect(await concluded(senderResolves, { dns: { [mx]: [] } })).toMatchObject({
      reason: 'sender-unresolvable',
      sentence: 'The domain of the sender, sender.example, has neither an MX record nor an address.',
    });
  });

  it('fails a domain that takes no mail, unless that does not count', async () => {
    const dns = { [mx]: ['0 .'] };
    expect(await concluded(senderResolves, { dns })).toEqual({
      result: 'fail',
      reason: 'sender-null-mx',
      sentence: 'sender.example says that it takes no mail (MX 0 .).',
    });
    expect(await concluded(senderResolves, { dns, settings: { nullMx: false } })).toMatchObject({
      result: 'none',
    });
  });

  it('is an error where DNS does not answer, at whichever step', async () => {
    for (const dns of [{ [mx]: 'SERVFAIL' }, { [mx]: [], 'AAAA sender.example': 'SERVFAIL' }]) {
      expect(await gathered(senderResolves, { dns })).toEqual({ status: 'error', message: 'SERVFAIL' });
    }
  });

  it('does not ask for the null sender, an address in brackets, or a private client', async () => {
    expect(await gathered(senderResolves, { envelope: { sender: '' } })).toMatchObject({
      status: 'skipped',
      why: 'null-sender',
    });
    expect(await gathered(senderResolves, { envelope: { sender: 'a@[192.0.2.1]' } })).toEqual({
      status: 'nothing',
    });
    expect(await gathered(senderResolves, { envelope: { ip: '127.0.0.1' } })).toMatchObject({
      why: 'private-client',
    });
  });
});
