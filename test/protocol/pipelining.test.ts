/** Pipelining (RFC 2920): the replies to one group leave in one write, in order; and who speaks before the greeting. */
import { describe, expect, it } from 'vitest';
import { listen } from './support/listener.ts';
import { SmtpClient } from './support/smtp-client.ts';

const group = 'MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<c@example.com>\r\nDATA\r\n';

describe('a pipelined group', () => {
  it('is answered in one piece', async () => {
    const { port } = await listen();
    const client = await SmtpClient.ready(port);
    client.chunks.length = 0;
    client.write(group);
    const codes = [await client.reply(), await client.reply(), await client.reply(), await client.reply()];
    expect(codes.map(({ code }) => code)).toEqual([250, 250, 250, 354]);
    expect(client.chunks).toHaveLength(1);
  });

  it('is answered in one piece even where an answer takes a turn', async () => {
    const { port } = await listen(
      {},
      { rcpt: async () => ({ code: 250, enhanced: '2.1.5', text: 'later' }) },
    );
    const client = await SmtpClient.ready(port);
    client.chunks.length = 0;
    client.write(group);
    for (let count = 0; count < 4; count += 1) await client.reply();
    expect(client.chunks).toHaveLength(1);
  });

  it('does not hold back what is known while an answer takes long', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { port } = await listen(
      {},
      { rcpt: () => promise.then(() => ({ code: 250, enhanced: '2.1.5', text: 'late' })) },
    );
    const client = await SmtpClient.ready(port);
    client.write(group);
    expect((await client.reply()).code).toBe(250);
    resolve();
    expect((await client.reply()).text).toBe('250 2.1.5 late');
  });

  it('keeps its order, refusals included', async () => {
    const { port } = await listen(
      {},
      {
        rcpt: async (recipient) =>
          recipient.startsWith('b')
            ? { code: 550, enhanced: '5.1.1', text: 'no' }
            : { code: 250, text: 'yes' },
      },
    );
    const client = await SmtpClient.ready(port);
    client.write(group);
    const codes = [await client.reply(), await client.reply(), await client.reply(), await client.reply()];
    expect(codes.map(({ code }) => code)).toEqual([250, 550, 250, 354]);
  });

  it('of a hundred thousand commands whose replies nobody reads costs no memory', async () => {
    const { port, seen } = await listen({ limits: { maxCommands: 1_000_000 } });
    const client = await SmtpClient.ready(port);
    client.write('NOOP\r\n'.repeat(100_000));
    client.write('MAIL FROM:<a@example.org>\r\n');
    for (let count = 0; count < 100_001; count += 1) expect((await client.reply()).code).toBe(250);
    expect(seen.senders).toHaveLength(1);
  });
});

describe('an enhanced code', () => {
  it('is never doubled, and control characters never split a reply', async () => {
    const { port } = await listen(
      {},
      { rcpt: () => ({ code: 550, enhanced: '5.7.1', text: 'no\r\n250 yes \u00e9' }) },
    );
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<a@example.org>');
    expect((await client.ask('RCPT TO:<b@example.com>')).text).toBe('550 5.7.1 no??250 yes ?');
    expect((await client.ask('NOOP')).code).toBe(250);
  });
});

describe('an early talker', () => {
  it('is noted and held, not cut', async () => {
    const { port, seen } = await listen({ limits: { bannerDelayMs: 100 } });
    const client = await SmtpClient.open(port);
    client.write('EHLO client.example.org\r\nMAIL FROM:<a@example.org>\r\n');
    expect((await client.reply()).code).toBe(220);
    expect((await client.reply()).code).toBe(250);
    expect((await client.reply()).code).toBe(250);
    expect(seen.openings).toEqual([{ earlyTalker: true }]);
  });

  it('is not whoever waits', async () => {
    const { port, seen } = await listen({ limits: { bannerDelayMs: 20 } });
    await SmtpClient.ready(port);
    expect(seen.openings).toEqual([{ earlyTalker: false }]);
  });

  it('may leave before it is greeted', async () => {
    const listener = await listen({ limits: { bannerDelayMs: 50 } });
    const client = await SmtpClient.open(listener.port);
    client.write('EHLO client.example.org\r\n');
    client.reset();
    const other = await SmtpClient.ready(listener.port);
    expect((await other.ask('NOOP')).code).toBe(250);
    expect(listener.seen.errors).toEqual([]);
  });
});
