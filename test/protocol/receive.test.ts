/** An edge from the greeting to its outbox: who may send here, what is decided, and what is on disk by then. */
import { connectClamd } from '@sluice/clamd';
import { mailDate } from '@sluice/core/edge/trace.ts';
import { describe, expect, it } from 'vitest';
import { check, domainIdOf, startEdge, testDomain } from './support/edge.ts';
import { SmtpClient } from './support/smtp-client.ts';

const mail =
  'From: Ann <ann@example.org>\r\nSubject: Lunch\r\nMessage-ID: <1@example.org>\r\n\r\nAt noon?\r\n';
const shop = testDomain(1, 'shop.example');

describe('who may receive here', () => {
  it('no open relay: unknown domains, odd routes and literals are refused', async () => {
    const { port, outbox } = await startEdge([shop]);
    const client = await SmtpClient.ready(port);
    for (const recipient of [
      'x@elsewhere.example',
      'x%elsewhere.example@mx.example.net',
      'x@[127.0.0.1]',
      '@shop.example:x@elsewhere.example',
      '"x@elsewhere.example"@mx.example.net',
      'elsewhere.example!x@mx.example.net',
      'postmaster',
    ]) {
      await client.ask('RSET');
      await client.ask('MAIL FROM:<ann@shop.example>');
      expect((await client.ask(`RCPT TO:<${recipient}>`)).text).toMatch(/^550 5\.7\.1 Relaying denied/);
    }
    expect((await client.ask('DATA')).code).toBe(554);
    expect(outbox.status().unshipped).toBe(0);
  });

  it('one domain a transaction: others come again by themselves, unknown ones never', async () => {
    const { port, decisions } = await startEdge([shop, testDomain(2, 'club.example')]);
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<ann@example.org>');
    expect((await client.ask('RCPT TO:<a@SHOP.example>')).code).toBe(250);
    expect((await client.ask('RCPT TO:<b@club.example>')).text).toMatch(/^452 4\.5\.3 One domain/);
    expect((await client.ask('RCPT TO:<b@elsewhere.example>')).text).toMatch(/^550 5\.7\.1 /);
    expect((await client.ask('RCPT TO:<c@shop.example>')).code).toBe(250);
    expect((await client.ask('RCPT TO:<C@shop.example>')).code).toBe(250);
    await client.ask('DATA');
    expect((await client.message(mail)).code).toBe(250);
    const [decision] = await decisions();
    expect(decision?.data.envelope.recipients).toEqual(['a@SHOP.example', 'c@shop.example']);
    expect(decision?.data.policyRevision).toBe(7);
  });

  it('the life of a domain: unproven, suspended, removed, gone', async () => {
    const now = '2026-11-22T10:00:00.000Z';
    const { port } = await startEdge(
      [
        testDomain(1, 'new.example', { status: 'unproven' }),
        testDomain(2, 'late.example', { status: 'suspended' }),
        testDomain(3, 'moving.example', { status: 'removed', removedAt: '2026-10-23T10:00:01.000Z' }),
        testDomain(4, 'gone.example', { status: 'removed', removedAt: '2026-10-23T10:00:00.000Z' }),
      ],
      { clock: { now: () => now } },
    );
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<ann@example.org>');
    expect((await client.ask('RCPT TO:<a@new.example>')).text).toMatch(
      /^550 5\.7\.1 This domain is not set up/,
    );
    expect((await client.ask('RCPT TO:<a@moving.example>')).text).toMatch(/^451 4\.3\.5 /);
    expect((await client.ask('RCPT TO:<a@gone.example>')).text).toMatch(/^550 5\.1\.2 /);
    expect((await client.ask('RCPT TO:<a@late.example>')).code).toBe(250);
  });

  it('nobody, while the edge was never fed', async () => {
    const { port } = await startEdge([]);
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<ann@example.org>');
    expect((await client.ask('RCPT TO:<a@shop.example>')).text).toMatch(/^451 4\.3\.5 Not ready/);
  });

  it('unknown mailboxes are refused at once, postmaster never', async () => {
    const settings = { valid: ['known@shop.example'], invalid: [] };
    const domain = testDomain(1, 'shop.example', {
      policy: { checks: { 'recipient-valid': check('reject', settings) } },
    });
    const { port, decisions } = await startEdge([domain]);
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<ann@example.org>');
    expect((await client.ask('RCPT TO:<guess@shop.example>')).text).toMatch(/^550 5\.1\.1 No such mailbox/);
    expect((await client.ask('RCPT TO:<known@shop.example>')).code).toBe(250);
    expect((await client.ask('RCPT TO:<postmaster>')).code).toBe(250);
    await client.ask('DATA');
    expect((await client.message(mail)).code).toBe(250);
    const [decision] = await decisions();
    expect(decision?.data.envelope.recipients).toEqual(['known@shop.example', 'postmaster@shop.example']);
  });

  it('as many as we take at a time', async () => {
    const { port } = await startEdge([shop], { options: { maxRecipients: 2 } });
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<>');
    expect((await client.ask('RCPT TO:<a@shop.example>')).code).toBe(250);
    expect((await client.ask('RCPT TO:<b@shop.example>')).code).toBe(250);
    expect((await client.ask('RCPT TO:<c@shop.example>')).text).toMatch(/^452 4\.5\.3 Too many/);
    expect((await client.ask('RCPT TO:<a@shop.example>')).code).toBe(250);
  });
});

describe('an accepted mail', () => {
  it('is in the outbox before the reply, with a trace and an explained decision', async () => {
    const { port, outbox, decisions, decided } = await startEdge([shop]);
    const client = await SmtpClient.ready(port);
    const { text } = await client.send('ann@example.org', 'bob@shop.example', mail);
    expect(text).toMatch(/^250 2\.0\.0 Accepted \(id [0-9a-f-]{36}\)$/);
    const [due] = outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 10);
    expect(due).toMatchObject({ sender: 'ann@example.org', recipients: ['bob@shop.example'] });
    expect(Buffer.from(due!.raw).toString()).toBe(mail);
    expect(due!.trace).toMatch(
      /^Received: from client\.example\.org \(\[127\.0\.0\.1\]\)\r\n\tby mx\.example\.net with ESMTP\r\n\tid [0-9a-f-]+\r\n\tfor <bob@shop\.example>;\r\n\t\w{3}, \d+ \w{3} \d{4} \d\d:\d\d:\d\d \+0000\r\nAuthentication-Results: mx\.example\.net; none\r\nX-Sluice-Verdict: accept; reason=clean; score=0; tag=4; hold=7; reject=10;\r\n\tid=[0-9a-f-]+\r\n$/,
    );
    const [decision] = await decisions();
    const data = decision!.data;
    expect(decision!.raw).toBeUndefined();
    expect(text).toContain(data.mailId);
    expect(data).toMatchObject({
      verdict: 'accept',
      reason: 'clean',
      kept: false,
      size: mail.length,
      outcomes: [{ verdict: 'accept', reason: 'clean' }],
      envelope: { ip: '127.0.0.1', helo: 'client.example.org', sender: 'ann@example.org' },
      summary: {
        subject: 'Lunch',
        from: 'Ann <ann@example.org>',
        messageId: '<1@example.org>',
        excerpt: 'At noon?',
      },
      chain: { edge: 'mx1', counter: 1 },
    });
    expect(decided).toMatchObject([{ verdict: 'accept', domain: 'shop.example' }]);
  });

  it('may have the null sender', async () => {
    const { port, outbox } = await startEdge([shop]);
    const client = await SmtpClient.ready(port);
    expect((await client.send('', 'bob@shop.example', mail)).code).toBe(250);
    expect(outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 1)[0]?.sender).toBe('');
  });

  it('of several recipients tells none of the others', async () => {
    const { port, outbox } = await startEdge([shop]);
    const client = await SmtpClient.ready(port);
    await client.begin('ann@example.org', 'a@shop.example', 'b@shop.example');
    await client.message(mail);
    expect(outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 1)[0]?.trace).not.toContain('shop.example');
  });
});

const blocked = (mailbox?: string) => ({
  action: 'block' as const,
  pattern: 'ann@example.org',
  authenticated: false,
  ...(mailbox === undefined ? {} : { mailbox }),
});
const listed = (entries: ReturnType<typeof blocked>[]) =>
  testDomain(1, 'shop.example', { policy: { checks: { 'sender-list': check('reject') }, lists: entries } });

describe('a refused mail', () => {
  it('is refused after DATA, kept as received, and not delivered', async () => {
    const { port, outbox, decisions } = await startEdge([listed([blocked()])]);
    const client = await SmtpClient.ready(port);
    const { text } = await client.send('ann@example.org', 'bob@shop.example', mail);
    expect(text).toMatch(/^550 5\.7\.1 Refused: .+ \(id [0-9a-f-]{36}\)$/);
    expect(outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 10)).toEqual([]);
    const [decision] = await decisions();
    expect(decision?.data).toMatchObject({ verdict: 'reject', reason: 'sender-listed', kept: true });
    expect(Buffer.from(decision!.raw!).toString()).toBe(mail);
  });

  it('for some is delivered to the others and held for them, and nobody gets a bounce', async () => {
    const { port, outbox, decisions } = await startEdge([listed([blocked('b@shop.example')])]);
    const client = await SmtpClient.ready(port);
    await client.begin('ann@example.org', 'a@shop.example', 'b@shop.example');
    expect((await client.message(mail)).text).toMatch(/^250 2\.0\.0 /);
    expect(outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 10)[0]?.recipients).toEqual(['a@shop.example']);
    const [decision] = await decisions();
    expect(decision?.data).toMatchObject({
      verdict: 'hold',
      reason: 'split-verdict',
      kept: true,
      outcomes: [{ verdict: 'accept' }, { verdict: 'hold', reason: 'split-verdict' }],
    });
    expect(decision?.raw).toBeDefined();
  });

  it('for going round in circles is kept too', async () => {
    const { port, decisions } = await startEdge([shop]);
    const client = await SmtpClient.ready(port);
    const hops = (count: number) => 'Received: from a by b; now\r\n'.repeat(count) + mail;
    expect((await client.send('ann@example.org', 'bob@shop.example', hops(50))).code).toBe(250);
    expect((await client.send('ann@example.org', 'bob@shop.example', hops(51))).text).toMatch(
      /^550 5\.4\.6 /,
    );
    expect((await decisions()).map(({ data }) => data.reason)).toEqual(['clean', 'mail-loop']);
  });
});

describe('scores', () => {
  const scoring = (tag: number, hold: number) =>
    testDomain(1, 'shop.example', {
      policy: {
        checks: { 'header-required': check('score') },
        thresholds: { tag, hold, reject: 100 },
      },
    });

  it('mark a mail, in a field that nobody else can set', async () => {
    const { port, outbox } = await startEdge([scoring(5, 50)]);
    const client = await SmtpClient.ready(port);
    expect((await client.send('ann@example.org', 'bob@shop.example', 'Subject: s\r\n\r\n')).code).toBe(250);
    const [due] = outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 1);
    expect(due?.trace).toContain(
      'X-Sluice-Verdict: tag; reason=score-tag; score=5; tag=5; hold=50; reject=100;\r\n' +
        `\tchecks=header-required:5; id=${due?.mailId}\r\n`,
    );
  });

  it('are told to nobody where the domain wishes so, and then only a mark is left', async () => {
    const silent = { ...scoring(5, 50), verdictHeader: false };
    const { port, outbox } = await startEdge([silent]);
    const client = await SmtpClient.ready(port);
    await client.send('ann@example.org', 'bob@shop.example', 'Subject: s\r\n\r\n');
    const proper = `From: ann@example.org\r\nDate: ${mailDate(new Date().toISOString())}\r\n\r\n`;
    await client.send('ann@example.org', 'bob@shop.example', proper);
    const [marked, plain] = outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 2);
    expect(marked?.trace).toContain('X-Sluice-Verdict: tag; reason=score-tag\r\n');
    expect(plain?.trace).toContain('Received: ');
    expect(plain?.trace).not.toContain('X-Sluice');
  });

  it('are measured by the thresholds of the mailbox where it has its own', async () => {
    const { policy, ...domain } = scoring(5, 50);
    const mailboxThresholds = { 'carol@shop.example': { tag: 1, hold: 2, reject: 3 } };
    const { port, outbox, decisions } = await startEdge([
      { ...domain, policy: { ...policy, mailboxThresholds } },
    ]);
    const client = await SmtpClient.ready(port);
    await client.begin('ann@example.org', 'bob@shop.example', 'Carol@Shop.example');
    expect((await client.message('Subject: s\r\n\r\n')).code).toBe(250);
    const [due] = outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 1);
    expect(due?.recipients).toEqual(['bob@shop.example']);
    expect(due?.trace).toContain('X-Sluice-Verdict: tag; reason=score-tag; score=5; tag=5;');
    const [decision] = await decisions();
    expect(decision?.data.outcomes).toEqual([
      { verdict: 'tag', reason: 'score-tag' },
      { verdict: 'hold', reason: 'split-verdict' },
    ]);
  });

  it('hold a mail: 250, kept, not delivered', async () => {
    const { port, outbox, decisions } = await startEdge([scoring(1, 5)]);
    const client = await SmtpClient.ready(port);
    expect((await client.send('ann@example.org', 'bob@shop.example', 'Subject: s\r\n\r\n')).code).toBe(250);
    expect(outbox.dueDeliveries('2099-01-01T00:00:00.000Z', 1)).toEqual([]);
    const [decision] = await decisions();
    expect(decision).toMatchObject({ data: { verdict: 'hold', reason: 'score-hold', kept: true } });
    expect(decision?.raw).toBeDefined();
  });
});

describe('what is not kept', () => {
  it('is counted by the minute', async () => {
    const now = '2026-11-22T10:00:30.000Z';
    const { port, receiver, outbox } = await startEdge([shop], {
      clock: { now: () => now },
      limits: { maxMessageBytes: 100 },
    });
    const client = await SmtpClient.ready(port);
    expect((await client.ask('MAIL FROM:<ann@example.org> SIZE=101')).text).toMatch(/^552 5\.3\.4 /);
    await client.ask('MAIL FROM:<ann@example.org>');
    await client.ask('RCPT TO:<x@elsewhere.example>');
    await client.ask('RCPT TO:<y@elsewhere.example>');
    await client.ask('RCPT TO:<bob@shop.example>');
    await client.ask('DATA');
    expect((await client.message('x'.repeat(200))).text).toMatch(/^552 5\.3\.4 /);
    await client.begin('ann@example.org', 'bob@shop.example');
    client.write('x\n.\n\r\n.\r\n');
    expect((await client.reply()).text).toMatch(/^550 5\.5\.2 /);
    expect(receiver.refusals.take(now)).toEqual([]);
    expect(receiver.refusals.take('2026-11-22T10:01:00.000Z')).toEqual([
      {
        type: 'ConnectionsRefused',
        data: {
          minute: '2026-11-22T10:00:00.000Z',
          counts: [
            { reason: 'too-large', code: 552, count: 1 },
            { reason: 'relay-denied', code: 550, count: 2 },
            { reason: 'too-large', code: 552, domainId: domainIdOf(1), count: 1 },
            { reason: 'broken-protocol', code: 550, domainId: domainIdOf(1), count: 1 },
          ],
        },
      },
    ]);
    expect(receiver.refusals.take()).toEqual([]);
    expect(outbox.status().unshipped).toBe(0);
  });

  it('is deferred where a check must be made and cannot', async () => {
    const policy = { checks: { virus: { ...check('reject'), onError: 'defer' as const } } };
    // Nobody listens on port 1.
    const scanner = connectClamd('tcp://127.0.0.1:1');
    const { port, outbox, receiver } = await startEdge([testDomain(1, 'shop.example', { policy })], {
      scanner,
    });
    const client = await SmtpClient.ready(port);
    const { text } = await client.send('ann@example.org', 'bob@shop.example', mail);
    expect(text).toMatch(/^451 4\.7\.1 .+ \(id /);
    expect(outbox.status().unshipped).toBe(0);
    expect(receiver.refusals.take()).toMatchObject([
      { data: { counts: [{ reason: 'check-error', code: 451 }] } },
    ]);
  });

  it('is never answered with 250: an outbox that fails means 451', async () => {
    const { port, errors, receiver } = await startEdge([shop], {
      put: () => Promise.reject(new Error('disk full, at /var/lib/secret')),
    });
    const client = await SmtpClient.ready(port);
    const { text } = await client.send('ann@example.org', 'bob@shop.example', mail);
    expect(text).toBe('451 4.3.0 A problem on our side; try again later');
    expect(errors).toHaveLength(1);
    expect(receiver.refusals.take()).toHaveLength(1);
    expect((await client.ask('NOOP')).code).toBe(250);
  });

  it('is asked to come again while there is no room on disk', async () => {
    let hasRoom = false;
    const { port } = await startEdge([shop], { options: { hasRoom: () => hasRoom } });
    const client = await SmtpClient.ready(port);
    expect((await client.ask('MAIL FROM:<ann@example.org>')).text).toMatch(/^452 4\.3\.1 /);
    hasRoom = true;
    expect((await client.ask('MAIL FROM:<ann@example.org>')).code).toBe(250);
  });
});
