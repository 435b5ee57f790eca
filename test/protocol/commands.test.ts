/** Commands of RFC 5321: their order, their syntax, and several transactions a connection. */
import { describe, expect, it } from 'vitest';
import { listen, onlyMessage } from './support/listener.ts';
import { SmtpClient } from './support/smtp-client.ts';

describe('greeting, EHLO and HELO', () => {
  it('answers with our own words only', async () => {
    const { port } = await listen();
    const client = await SmtpClient.open(port);
    expect((await client.reply()).text).toBe('220 mx.example.net ESMTP');
    const { text } = await client.ask('EHLO client.example.org');
    expect(text.split('\r\n')).toEqual([
      '250-mx.example.net',
      '250-PIPELINING',
      '250-SIZE 52428800',
      '250-ENHANCEDSTATUSCODES',
      '250-8BITMIME',
      '250 SMTPUTF8',
    ]);
    expect((await client.ask('HELO client.example.org')).text).toBe('250 mx.example.net');
  });

  it('does not offer what there is not: STARTTLS without a certificate, AUTH, DSN', async () => {
    const { port } = await listen();
    const client = await SmtpClient.ready(port);
    expect((await client.ask('STARTTLS')).code).toBe(502);
    expect((await client.ask('AUTH PLAIN AGEAYg==')).code).toBe(502);
    expect((await client.ask('MAIL FROM:<a@example.org> RET=FULL')).text).toBe('555 5.5.4 Unknown parameter');
  });

  it.each(['EHLO', 'EHLO ', 'HELO a b', 'EHLO a\tb', `HELO ${'x'.repeat(400)}`])(
    'refuses %j',
    async (line) => {
      const { port } = await listen();
      const client = await SmtpClient.open(port);
      await client.reply();
      expect((await client.ask(line)).text).toMatch(/^501 5\.5\.4 /);
      expect((await client.ask('MAIL FROM:<a@example.org>')).code).toBe(503);
    },
  );

  it('begins anew with each EHLO', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<a@example.org>');
    await client.ask('EHLO other.example.org');
    expect(seen.resets).toBe(1);
    expect((await client.ask('RCPT TO:<b@example.com>')).code).toBe(503);
  });
});

describe('order of commands', () => {
  it('is EHLO, MAIL, RCPT, DATA', async () => {
    const { port } = await listen();
    const client = await SmtpClient.open(port);
    await client.reply();
    expect((await client.ask('MAIL FROM:<a@example.org>')).text).toMatch(/^503 5\.5\.1 /);
    await client.ask('EHLO client.example.org');
    expect((await client.ask('RCPT TO:<b@example.com>')).text).toMatch(/^503 5\.5\.1 /);
    expect((await client.ask('DATA')).text).toMatch(/^503 5\.5\.1 /);
    expect((await client.ask('MAIL FROM:<a@example.org>')).code).toBe(250);
    expect((await client.ask('MAIL FROM:<c@example.org>')).text).toMatch(/^503 5\.5\.1 /);
    expect((await client.ask('DATA')).text).toMatch(/^554 5\.5\.1 /);
    expect((await client.ask('RCPT TO:<b@example.com>')).code).toBe(250);
    expect((await client.ask('DATA')).code).toBe(354);
  });

  it('allows several transactions a connection', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    for (const subject of ['one', 'two', 'three']) {
      const { code } = await client.send('a@example.org', 'b@example.com', `Subject: ${subject}\r\n\r\n`);
      expect(code).toBe(250);
    }
    expect((await client.ask('DATA')).code).toBe(503);
    expect(seen.messages).toHaveLength(3);
    expect(seen.resets).toBe(0);
  });

  it('RSET ends the transaction, and only it', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<a@example.org>');
    expect((await client.ask('RSET')).text).toBe('250 2.0.0 OK');
    expect(seen.resets).toBe(1);
    expect((await client.ask('MAIL FROM:<a@example.org>')).code).toBe(250);
  });
});

describe('the small commands', () => {
  it.each([
    ['NOOP', '250 2.0.0 '],
    ['noop really', '250 2.0.0 '],
    ['VRFY somebody', '252 2.1.5 '],
    ['VRFY', '501 5.5.4 '],
    ['EXPN list', '502 5.5.1 '],
    ['HELP', '214 2.0.0 '],
    ['RSET now', '501 5.5.4 '],
    ['DATA now', '501 5.5.4 '],
    ['WIZ please', '500 5.5.2 '],
    ['SHELL', '500 5.5.2 '],
    ['XCLIENT ADDR=10.0.0.1', '500 5.5.2 '],
    ['BDAT 10 LAST', '502 5.5.1 '],
    ['', '500 5.5.2 '],
  ])('%j', async (line, answer) => {
    const { port } = await listen();
    const client = await SmtpClient.ready(port);
    expect((await client.ask(line)).text.startsWith(answer)).toBe(true);
  });

  it('QUIT says goodbye, and nothing behind it is heard', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    client.write('QUIT\r\nMAIL FROM:<a@example.org>\r\n');
    expect((await client.reply()).text).toBe('221 2.0.0 Bye');
    expect(await client.ended()).toBe(true);
    expect(seen.senders).toEqual([]);
  });
});

describe('a message', () => {
  it('comes as it was sent, dots and 8-bit bytes included', async () => {
    const listener = await listen();
    const client = await SmtpClient.ready(listener.port);
    const content = Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n\xe9\xff\x00\r\nend\r\n', 'latin1');
    expect((await client.send('a@example.org', 'b@example.com', content)).code).toBe(250);
    expect(onlyMessage(listener)).toBe(content.toString('latin1'));
  });

  it('may be empty', async () => {
    const listener = await listen();
    const client = await SmtpClient.ready(listener.port);
    await client.begin('a@example.org', 'b@example.com');
    expect((await client.ask('.')).code).toBe(250);
    expect(onlyMessage(listener)).toBe('');
  });

  it('is the same however the bytes are cut', async () => {
    const listener = await listen();
    const client = await SmtpClient.ready(listener.port);
    await client.begin('a@example.org', 'b@example.com');
    for (const byte of Buffer.from('..a\r\n..\r\n.b\r\n\r\nc\r\n.\r\n')) {
      client.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await client.reply()).code).toBe(250);
    expect(onlyMessage(listener)).toBe('.a\r\n.\r\nb\r\n\r\nc\r\n');
  });
});
