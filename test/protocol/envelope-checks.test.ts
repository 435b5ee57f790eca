/** Checks of the envelope at a real edge: addresses that end by themselves, mailboxes of machines, senders, bounces, lists. */
import { createMemoryCounters } from '@sluice/core/edge/memory-counters.ts';
import { describe, expect, it } from 'vitest';
import { check, startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const mail =
  'From: Ann <ann@example.org>\r\nSubject: Lunch\r\nMessage-ID: <1@example.org>\r\n\r\nAt noon?\r\n';

const shopWith = (checks: Readonly<Record<string, ReturnType<typeof check>>>) => {
  const plain = testDomain(1, 'shop.example');
  return testDomain(1, 'shop.example', { policy: { checks: { ...plain.policy.checks, ...checks } } });
};

async function edgeWith(checks: Readonly<Record<string, ReturnType<typeof check>>>) {
  const edge = await startEdge([shopWith(checks)], {
    ports: { counters: createMemoryCounters({ now: () => performance.now() }) },
  });
  const client = await SmtpClient.ready(edge.port);
  const send = async (from: string, ...to: readonly string[]) => {
    await client.ask(`MAIL FROM:<${from}>`);
    for (const recipient of to) await client.ask(`RCPT TO:<${recipient}>`);
    await client.ask('DATA');
    return (await client.message(mail)).text;
  };
  return { ...edge, send };
}

describe('checks of the envelope', () => {
  it('end a disposable address after so many mails, and keep what comes later', async () => {
    const { send, decisions } = await edgeWith({
      'recipient-disposable': check('reject', { prefix: 'tmp-', uses: 2 }),
    });
    const replies: string[] = [];
    for (let count = 0; count < 3; count += 1) replies.push(await send('a@b.example', 'tmp-1@shop.example'));
    expect(replies.map((reply) => reply.slice(0, 9))).toEqual(['250 2.0.0', '250 2.0.0', '550 5.2.1']);
    const last = (await decisions()).at(-1);
    expect(last?.data).toMatchObject({
      verdict: 'reject',
      reason: 'recipient-expired',
      kept: true,
      facts: { 'recipient-disposable': { status: 'observed', fact: { uses: [3] } } },
    });
  });

  it('keep strangers from the mailbox of a machine, and from no other', async () => {
    const mailboxes = [{ address: 'robot@shop.example', servers: ['198.51.100.0/24'] }];
    const { send } = await edgeWith({ 'recipient-source': check('reject', { mailboxes }) });
    expect(await send('a@b.example', 'robot@shop.example')).toMatch(/^550 5\.7\.1 .*certain servers only/);
    expect(await send('a@b.example', 'bob@shop.example')).toMatch(/^250 /);
  });

  it('refuse a sender without a full domain, and a bounce to several', async () => {
    const { send, decisions } = await edgeWith({
      'sender-syntax': check('reject'),
      'bounce-sanity': check('reject'),
    });
    expect(await send('root@localhost', 'bob@shop.example')).toMatch(/^550 5\.1\.7 /);
    expect(await send('', 'bob@shop.example')).toMatch(/^250 /);
    expect(await send('', 'bob@shop.example', 'carol@shop.example')).toMatch(
      /^550 5\.7\.1 Refused: a bounce/,
    );
    const [first] = await decisions();
    // What the envelope says already is written once.
    expect(first?.data.facts).not.toHaveProperty('sender-syntax');
    expect(first?.data.facts).not.toHaveProperty('ip-list');
  });
});
