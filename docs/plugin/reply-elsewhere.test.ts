/** The example check by itself: what it makes of From and Reply-To. */
import { createObservations, defaultObservationDeadlines } from '@sluice/core/checks/observations.ts';
import type { JudgeView } from '@sluice/core/checks/check.ts';
import { describe, expect, it } from 'vitest';
import check from './reply-elsewhere.ts';

const envelope = { ip: '192.0.2.1', helo: 'mx.example', sender: 'a@b.example', recipients: ['c@d.example'] };
const view: JudgeView = {
  envelope,
  recipient: 'c@d.example',
  receivedAt: '2026-11-22T12:00:00.000Z',
  lists: { mailbox: [], domain: [], service: [] },
  spf: undefined,
  dkim: undefined,
};
const nobody = () => Promise.reject(new Error('nobody is asked'));

const resolver = { resolve: nobody };

async function concluded(header: string, settings: object = {}) {
  const observed = createObservations({
    envelope,
    raw: Buffer.from(`${header}\r\n\r\ntext\r\n`),
    ports: {
      authenticator: { spf: nobody, dkim: nobody, arc: nobody },
      inspector: { inspect: nobody },
      scanner: undefined,
      resolver,
    },
    deadlines: defaultObservationDeadlines,
    textLimit: 0,
  });
  const input = { envelope, observed, resolver, clientIsPrivate: false, deadlineMs: 100 };
  const parsed = check.settings.parse(settings);
  const gathered = await check.gather(input, parsed);
  return gathered.status === 'observed' ? check.judge(gathered.fact, parsed, view) : gathered.status;
}

describe('reply-elsewhere', () => {
  it('fails where the answer goes to a free mailbox of another domain', async () => {
    expect(await concluded('From: Boss <boss@firm.example>\r\nReply-To: boss.firm@freemail.example')).toEqual({
      result: 'fail',
      reason: 'reply-elsewhere',
      sentence: 'The mail is from firm.example, and its answer would go to freemail.example.',
    });
  });

  it.each([
    'From: boss@firm.example\r\nReply-To: desk@firm.example',
    'From: boss@firm.example\r\nReply-To: desk@other.example',
    'From: me@freemail.example\r\nReply-To: me2@freemail.example',
  ])('passes: %j', async (header) => expect(await concluded(header)).toMatchObject({ result: 'pass' }));

  it('goes by the list of the domain', async () => {
    const header = 'From: boss@firm.example\r\nReply-To: boss@web.example';
    expect(await concluded(header, { freeProviders: ['Web.example'] })).toMatchObject({ result: 'fail' });
  });

  it('has nothing to say without either header', async () => {
    expect(await concluded('From: boss@firm.example')).toBe('nothing');
  });
});
