/** Only CR LF . CR LF ends a message; whatever looks like it to others is refused, and never makes a second mail. */
import { describe, expect, it } from 'vitest';
import { corpusMissing, readSuite } from '../support/corpus.ts';
import { listen } from './support/listener.ts';
import { SmtpClient } from './support/smtp-client.ts';

const smuggled =
  'MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSubject: second\r\n\r\n';

interface Case {
  readonly id: string;
  readonly hex: string;
}

const cases: readonly Case[] = corpusMissing
  ? []
  : [...readSuite('smtp')].flatMap(
      ({ bytes }) => (JSON.parse(Buffer.from(bytes).toString('utf8')) as { sequences: Case[] }).sequences,
    );

describe.skipIf(corpusMissing)('false ends of data (corpus; skipped where it is missing)', () => {
  it.each(cases.map(({ id, hex }) => [id, hex]))('%s is no end and is refused', async (_id, hex) => {
    const { port, seen } = await listen({}, { data: refuseBroken });
    const client = await SmtpClient.ready(port);
    await client.begin('a@example.org', 'b@example.com');
    client.write(
      Buffer.concat([Buffer.from('Subject: first\r\n\r\nx'), Buffer.from(hex, 'hex'), Buffer.from(smuggled)]),
    );
    client.write('\r\n.\r\n');
    expect((await client.reply()).code).toBe(550);
    expect((await client.ask('NOOP')).code).toBe(250);
    expect(seen.messages.map(({ status }) => status)).toEqual(['false-end']);
    expect(seen.senders).toHaveLength(1);
  });

  it('there are nine of them', () => expect(cases).toHaveLength(9));
});

async function refuseBroken({ status }: { readonly status: string }) {
  return status === 'complete'
    ? { code: 250, enhanced: '2.0.0', text: 'taken' }
    : { code: 550, enhanced: '5.5.2', text: 'broken' };
}

describe('what is no false end', () => {
  it.each([
    ['a lone dot, doubled', 'a\r\n..\r\nb\r\n.\r\n', 'a\r\n.\r\nb\r\n'],
    ['bare line feeds', 'a\nb\n\nc\r\n.\r\n', 'a\nb\n\nc\r\n'],
    ['a dot that begins a line', 'a\n.b\r\nc\r.d\r\n.\r\n', 'a\n.b\r\nc\r.d\r\n'],
    ['a dot that ends a line', 'a.\nb.\r\n.\r\n', 'a.\nb.\r\n'],
    ['stuffing after a bare line feed stays', 'a\n..b\r\n.\r\n', 'a\n..b\r\n'],
  ])('%s', async (_name, wire, content) => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    await client.begin('a@example.org', 'b@example.com');
    client.write(wire);
    expect((await client.reply()).code).toBe(250);
    const [message] = seen.messages;
    expect(message?.status === 'complete' && Buffer.from(message.raw).toString('latin1')).toBe(content);
  });
});

describe('false ends at the very beginning', () => {
  it.each(['.\n', '.\r', '\0.\r\n', '.\r\r\n'])('%j', async (start) => {
    const { port, seen } = await listen({}, { data: refuseBroken });
    const client = await SmtpClient.ready(port);
    await client.begin('a@example.org', 'b@example.com');
    client.write(`${start}${smuggled}.\r\n`);
    expect((await client.reply()).code).toBe(550);
    expect(seen.messages).toHaveLength(1);
  });
});

describe('what is pipelined behind the end', () => {
  it('is the next transaction, as RFC 2920 has it', async () => {
    const { port, seen } = await listen();
    const client = await SmtpClient.ready(port);
    await client.begin('a@example.org', 'b@example.com');
    client.write('Subject: 1\r\n\r\n.\r\nMAIL FROM:<c@example.org>\r\nRCPT TO:<d@example.com>\r\nDATA\r\n');
    expect([
      await client.reply(),
      await client.reply(),
      await client.reply(),
      await client.reply(),
    ]).toMatchObject([{ code: 250 }, { code: 250 }, { code: 250 }, { code: 354 }]);
    expect(seen.messages).toHaveLength(1);
  });
});
