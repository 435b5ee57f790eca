/** Mailboxes that hear only certain servers. */
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
import { recipientSource } from './recipient-source.ts';

const settings = {
  mailboxes: [
    { address: 'robot-*@here.example', servers: ['198.51.100.0/24', '2001:db8::/32'] },
    { address: 'robot-1@here.example', servers: ['192.0.2.10'] },
  ],
};
const judgeAt = (recipient: string, ip: string) =>
  concluded(recipientSource, { settings, envelope: { ip }, view: { recipient } });

describe('recipient-source', () => {
  it('refuses a server that is not among those of the mailbox', async () => {
    expect(await judgeAt('robot-7@here.example', '192.0.2.10')).toEqual({
      result: 'fail',
      reason: 'source-not-permitted',
      sentence:
        'robot-7@here.example (robot-*@here.example) does not hear 192.0.2.10, which is not among its servers.',
    });
  });

  it('passes a server of any entry that names the mailbox', async () => {
    expect(await judgeAt('robot-1@here.example', '192.0.2.10')).toEqual({
      result: 'pass',
      sentence: 'robot-1@here.example hears 192.0.2.10 (192.0.2.10).',
    });
    expect(await judgeAt('robot-1@here.example', '2001:db8::9')).toMatchObject({ result: 'pass' });
  });

  it('lets every server write to all other mailboxes', async () => {
    expect(await judgeAt('bob@here.example', '203.0.113.1')).toEqual({
      result: 'none',
      sentence: 'bob@here.example hears every server.',
    });
  });

  it('demands at least one server for a mailbox', () => {
    const empty = { mailboxes: [{ address: 'a@here.example', servers: [] }] };
    expect(recipientSource.settings.safeParse(empty).success).toBe(false);
  });
});
