/** Limits of a listener: connections, commands, lines, sizes, memory and time; and what breaks off. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { listen } from './support/listener.ts';
import { SmtpClient } from './support/smtp-client.ts';

describe('limits', () => {
  it('of connections: one too many is told to come again', async () => {
    const { port, seen } = await listen({ limits: { maxConnections: 2 } });
    const first = await SmtpClient.ready(port);
    await SmtpClient.ready(port);
    const third = await SmtpClient.open(port);
    expect((await third.reply()).text).toMatch(/^421 4\.3\.2 /);
    expect(await third.ended()).toBe(true);
    expect(seen.turnedAway).toEqual(['too-many-connections']);
    await first.ask('QUIT');
    expect((await (await SmtpClient.ready(port)).ask('NOOP')).code).toBe(250);
  });

  it('of unknown commands', async () => {
    const { port, seen } = await listen({ limits: { maxUnknownCommands: 2 } });
    const client = await SmtpClient.ready(port);
    expect([
      (await client.ask('X')).code,
      (await client.ask('Y')).code,
      (await client.ask('Z')).code,
    ]).toEqual([500, 500, 421]);
    expect(await client.ended()).toBe(true);
    expect(seen.turnedAway).toEqual(['too-many-unknown-commands']);
  });

  it('of commands without a message', async () => {
    const { port } = await listen({ limits: { maxCommands: 6 } });
    const client = await SmtpClient.ready(port);
    expect((await client.send('a@example.org', 'b@example.com', 'x\r\n')).code).toBe(250);
    for (let count = 0; count < 6; count += 1) expect((await client.ask('NOOP')).code).toBe(250);
    expect((await client.ask('NOOP')).text).toMatch(/^421 4\.7\.0 /);
  });

  it('of a line, whether or not it ends', async () => {
    const { port, seen } = await listen({ limits: { maxLineLength: 600 } });
    for (const end of ['', '\r\n']) {
      const client = await SmtpClient.ready(port);
      client.write(`NOOP ${'x'.repeat(700)}${end}`);
      expect((await client.reply()).text).toMatch(/^500 5\.5\.2 /);
      expect(await client.ended()).toBe(true);
    }
    expect(seen.turnedAway).toEqual(['line-too-long', 'line-too-long']);
  });

  it('of a message: read to the end, not kept, and the connection goes on', async () => {
    const { port, seen } = await listen({ limits: { maxMessageBytes: 1_000 } });
    const client = await SmtpClient.ready(port);
    await client.send('a@example.org', 'b@example.com', 'x'.repeat(998));
    await client.send('a@example.org', 'b@example.com', 'x'.repeat(999));
    await client.send('a@example.org', 'b@example.com', `${'x'.repeat(70)}\r\n`.repeat(20_000));
    expect(seen.messages.map(({ status }) => status)).toEqual(['complete', 'too-large', 'too-large']);
  });

  it('of the memory for all messages together, given back by those who leave', async () => {
    const { port, seen } = await listen({ limits: { maxBufferedBytes: 2_000 } });
    const hoarder = await SmtpClient.ready(port);
    await hoarder.begin('a@example.org', 'b@example.com');
    hoarder.write('x'.repeat(1_500));
    const client = await SmtpClient.ready(port);
    await eventually('the hoarder to be in the way', async () => {
      await client.send('a@example.org', 'b@example.com', 'y'.repeat(1_000));
      return seen.messages.at(-1)?.status === 'no-room';
    });
    hoarder.reset();
    await eventually('room again', async () => {
      await client.send('a@example.org', 'b@example.com', 'y'.repeat(1_000));
      return seen.messages.at(-1)?.status === 'complete';
    });
  });

  it('of silence', async () => {
    const { port, seen } = await listen({ limits: { idleMs: 100 } });
    const client = await SmtpClient.ready(port);
    expect((await client.reply()).text).toMatch(/^421 4\.4\.2 /);
    expect(await client.ended()).toBe(true);
    expect(seen.turnedAway).toEqual(['idle']);
  });

  it('of time for a message, also for one who never stops sending', async () => {
    const { port, seen } = await listen({ limits: { transactionMs: 1 } });
    const client = await SmtpClient.ready(port);
    await client.begin('a@example.org', 'b@example.com');
    const drip = setInterval(() => client.write('x'), 20);
    expect((await client.reply()).text).toMatch(/^421 4\.4\.2 /);
    clearInterval(drip);
    expect(seen.turnedAway).toEqual(['too-slow']);
  });

  it('does not count our own time as silence', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { port } = await listen(
      { limits: { idleMs: 50 } },
      { data: () => promise.then(() => ({ code: 250, enhanced: '2.0.0', text: 'at last' })) },
    );
    const client = await SmtpClient.ready(port);
    await client.begin('a@example.org', 'b@example.com');
    client.write('x\r\n.\r\n');
    setTimeout(resolve, 300);
    expect((await client.reply()).text).toBe('250 2.0.0 at last');
  });

  it('of patience with web pages', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.open(port);
    await client.reply();
    client.write('POST /submit HTTP/1.1\r\nHost: mx\r\n\r\nMAIL FROM:<a@example.org>\r\n');
    expect((await client.reply()).text).toMatch(/^421 4\.7\.0 /);
    expect(seen.turnedAway).toEqual(['http']);
  });
});

describe('what breaks off', () => {
  it('in the middle of DATA leaves nothing behind', async () => {
    const listener = await listen();
    for (const leave of ['reset', 'close', 'halfClose'] as const) {
      const client = await SmtpClient.ready(listener.port);
      await client.begin('a@example.org', 'b@example.com');
      client.write('Subject: half\r\n\r\nand th');
      client[leave]();
      if (leave === 'halfClose') expect(await client.next()).toBeUndefined();
    }
    await eventually('all gone', () => listener.connections() === 0 && listener.seen.closed === 3);
    expect(listener.seen.messages).toEqual([]);
    expect(listener.seen.errors).toEqual([]);
  });

  it('after the last byte still gets its reply, if only one side is closed', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    client.write('MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: s\r\n\r\n.\r\n');
    client.halfClose();
    const codes = [await client.reply(), await client.reply(), await client.reply(), await client.reply()];
    expect(codes.map(({ code }) => code)).toEqual([250, 250, 354, 250]);
    expect(await client.ended()).toBe(true);
    expect(seen.messages).toHaveLength(1);
  });

  it('while we decide: the decision comes to its end, and nobody is hurt', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isDone = false;
    const listener = await listen(
      {},
      {
        async data() {
          await promise;
          isDone = true;
          return { code: 250, enhanced: '2.0.0', text: 'taken' };
        },
      },
    );
    const client = await SmtpClient.ready(listener.port);
    await client.begin('a@example.org', 'b@example.com');
    client.write('x\r\n.\r\n');
    await eventually('the message', () => listener.seen.messages.length === 1);
    client.reset();
    await eventually('gone', () => listener.seen.closed === 1);
    resolve();
    await eventually('decided', () => isDone);
    expect((await (await SmtpClient.ready(listener.port)).ask('NOOP')).code).toBe(250);
  });

  it('within us is a 451, and the connection goes on', async () => {
    const { port, seen } = await listen(
      {},
      {
        rcpt: () => {
          throw new Error('a fault of ours, with secrets');
        },
      },
    );
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<a@example.org>');
    const { text } = await client.ask('RCPT TO:<b@example.com>');
    expect(text).toBe('451 4.3.0 A problem on our side; try again later');
    expect(seen.errors).toHaveLength(1);
    expect((await client.ask('NOOP')).code).toBe(250);
  });
});

describe('shutdown', () => {
  it('tells the idle ones, takes nobody new, and lets a message in flight finish', async () => {
    const listener = await listen();
    const idle = await SmtpClient.ready(listener.port);
    const busy = await SmtpClient.ready(listener.port);
    await busy.begin('a@example.org', 'b@example.com');
    busy.write('Subject: in flight\r\n\r\n');
    const greeted = await SmtpClient.ready(listener.port);
    await greeted.ask('MAIL FROM:<a@example.org>');
    const closing = listener.close(5_000);
    expect((await idle.reply()).text).toMatch(/^421 4\.3\.2 /);
    expect((await greeted.reply()).text).toMatch(/^421 4\.3\.2 /);
    expect((await busy.ask('.')).code).toBe(250);
    expect((await busy.reply()).text).toMatch(/^421 4\.3\.2 /);
    for (const client of [idle, busy, greeted]) client.close();
    await closing;
    await expect(SmtpClient.open(listener.port)).rejects.toThrow('ECONNREFUSED');
  });

  it('cuts who does not come to an end', async () => {
    const listener = await listen();
    const slow = await SmtpClient.ready(listener.port);
    await slow.begin('a@example.org', 'b@example.com');
    const started = performance.now();
    await listener.close(200);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await slow.ended()).toBe(true);
  });
});
