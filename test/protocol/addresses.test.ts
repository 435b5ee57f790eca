/** Paths of MAIL and RCPT, their parameters, and who may use other letters than ASCII. */
import { describe, expect, it } from 'vitest';
import { listen } from './support/listener.ts';
import { SmtpClient } from './support/smtp-client.ts';

async function say(...lines: string[]) {
  const { port, seen } = await listen();
  const client = await SmtpClient.ready(port);
  const replies: string[] = [];
  for (const line of lines) replies.push((await client.ask(line)).text);
  client.close();
  return { replies, seen };
}

describe('MAIL', () => {
  it.each([
    ['MAIL FROM:<>', ''],
    ['MAIL FROM:<a@example.org>', 'a@example.org'],
    ['mail from: <a@example.org>', 'a@example.org'],
    ['MAIL FROM:<@relay.example.net,@other.example:a@example.org>', 'a@example.org'],
    ['MAIL FROM:<"john doe"@example.org>', '"john doe"@example.org'],
    ['MAIL FROM:<"a@b>c"@example.org>', '"a@b>c"@example.org'],
    ['MAIL FROM:<"plain"@example.org>', 'plain@example.org'],
    ['MAIL FROM:<a.@example.org>', 'a.@example.org'],
    ['MAIL FROM:<a@[192.0.2.1]>', 'a@[192.0.2.1]'],
    ['MAIL FROM:<a@[IPv6:2001:db8::1]>', 'a@[IPv6:2001:db8::1]'],
  ])('takes %s', async (line, address) => {
    const { replies, seen } = await say(line);
    expect(replies[0]).toMatch(/^250 /);
    expect(seen.senders[0]?.address).toBe(address);
  });

  it.each([
    'MAIL FROM:a@example.org',
    'MAIL FROM <a@example.org>',
    'MAIL TO:<a@example.org>',
    'MAIL FROM:<a@example.org',
    'MAIL FROM:<a b@example.org>',
    'MAIL FROM:<a@exa mple.org>',
    'MAIL FROM:<a@192.0.2.1>',
    'MAIL FROM:<a@[999.0.2.1]>',
    'MAIL FROM:<a@-example.org>',
    'MAIL FROM:<a@example..org>',
    'MAIL FROM:<@example.org>',
    'MAIL FROM:<a>',
    'MAIL FROM:<a@example.org>SIZE=10',
    `MAIL FROM:<${'a'.repeat(250)}@example.org>`,
    'MAIL',
  ])('refuses %s', async (line) => {
    const { replies, seen } = await say(line);
    expect(replies[0]).toMatch(/^501 5\.1\.7 /);
    expect(seen.senders).toEqual([]);
  });

  it.each([
    ['SIZE=1000 BODY=8BITMIME', /^250 /],
    ['size=0 body=7bit', /^250 /],
    ['SIZE=12a', /^501 5\.5\.4 /],
    ['SIZE=', /^501 /],
    ['SIZE=1 SIZE=2', /^501 5\.5\.4 /],
    ['BODY=BINARYMIME', /^501 5\.5\.4 /],
    ['SMTPUTF8=yes', /^501 5\.5\.4 /],
    ['AUTH=<>', /^555 5\.5\.4 /],
    ['__proto__=1', /^501 /],
    ['CONSTRUCTOR', /^555 /],
  ])('with %s', async (parameters, answer) => {
    const { replies } = await say(`MAIL FROM:<a@example.org> ${parameters}`);
    expect(replies[0]).toMatch(answer);
  });

  it('hands the declared size on', async () => {
    const { seen } = await say('MAIL FROM:<a@example.org> SIZE=12345');
    expect(seen.senders[0]?.declaredSize).toBe(12_345);
  });
});

describe('RCPT', () => {
  it.each([
    ['RCPT TO:<b@example.com>', 'b@example.com'],
    ['RCPT TO:<Postmaster>', 'Postmaster'],
    ['RCPT TO:<@relay.example.net:b@example.com>', 'b@example.com'],
    ['RCPT TO:<"b c"@example.com>', '"b c"@example.com'],
    ['RCPT TO:<user%other.example@example.com>', 'user%other.example@example.com'],
  ])('takes %s', async (line, recipient) => {
    const { seen } = await say('MAIL FROM:<>', line);
    expect(seen.recipients).toEqual([recipient]);
  });

  it.each([
    'RCPT TO:<>',
    'RCPT TO:<b>',
    'RCPT TO:b@example.com',
    'RCPT TO:<b@example.com',
    'RCPT FROM:<b@c.example>',
  ])('refuses %s', async (line) => {
    const { replies, seen } = await say('MAIL FROM:<>', line);
    expect(replies[1]).toMatch(/^501 5\.1\.3 /);
    expect(seen.recipients).toEqual([]);
  });

  it('knows no parameters', async () => {
    const { replies } = await say('MAIL FROM:<>', 'RCPT TO:<b@example.com> NOTIFY=NEVER');
    expect(replies[1]).toMatch(/^555 5\.5\.4 /);
  });
});

describe('addresses beyond ASCII', () => {
  it('need SMTPUTF8, for sender and recipient', async () => {
    const { replies } = await say(
      'MAIL FROM:<jörg@example.org>',
      'MAIL FROM:<a@example.org>',
      'RCPT TO:<jörg@example.com>',
    );
    expect(replies[0]).toMatch(/^553 5\.6\.7 /);
    expect(replies[1]).toMatch(/^250 /);
    expect(replies[2]).toMatch(/^553 5\.6\.7 /);
  });

  it('are taken with it, also in domains', async () => {
    const { seen } = await say('MAIL FROM:<jörg@bücher.example> SMTPUTF8', 'RCPT TO:<用户@例子.example>');
    expect(seen.senders[0]).toMatchObject({ address: 'jörg@bücher.example', smtpUtf8: true });
    expect(seen.recipients).toEqual(['用户@例子.example']);
  });

  it('are no address with bytes that are not UTF-8, control or invisible characters', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    client.write(Buffer.from('MAIL FROM:<j\xf6rg@example.org> SMTPUTF8\r\n', 'latin1'));
    expect((await client.reply()).text).toMatch(/^501 5\.5\.2 /);
    expect((await client.ask('MAIL FROM:<a\u200bb@example.org> SMTPUTF8')).code).toBe(501);
    expect((await client.ask('MAIL FROM:<"a\u0007b"@example.org> SMTPUTF8')).code).toBe(501);
    expect(seen.senders).toEqual([]);
  });
});
