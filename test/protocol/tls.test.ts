/** STARTTLS: everything before it is forgotten, nothing slips across it, and a broken handshake hurts nobody. */
import { selfSignedCertificate } from '@sluice/node-crypto';
import { describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { listen } from './support/listener.ts';
import { SmtpClient } from './support/smtp-client.ts';

const tls = await selfSignedCertificate(['mx.example.net'], 1);

describe('STARTTLS', () => {
  it('is offered until it is on', async () => {
    const { port, seen } = await listen({ tls });
    const client = await SmtpClient.open(port);
    await client.reply();
    expect((await client.ask('EHLO client.example.org')).text).toContain('STARTTLS');
    expect((await client.ask('STARTTLS')).text).toMatch(/^220 2\.0\.0 /);
    await client.startTls();
    expect((await client.ask('EHLO client.example.org')).text).not.toContain('STARTTLS');
    expect((await client.ask('STARTTLS')).code).toBe(503);
    expect(seen.hellos.map((hello) => hello.tls?.protocol)).toEqual([undefined, 'TLSv1.3']);
    expect(seen.hellos[1]?.tls?.cipher).toMatch(/^TLS_/);
    expect((await client.send('a@example.org', 'b@example.com', 'Subject: s\r\n\r\n')).code).toBe(250);
  });

  it('forgets greeting and transaction (RFC 3207 §4.2)', async () => {
    const { port, seen } = await listen({ tls });
    const client = await SmtpClient.ready(port);
    await client.ask('MAIL FROM:<a@example.org>');
    await client.ask('STARTTLS');
    await client.startTls();
    expect((await client.ask('MAIL FROM:<a@example.org>')).text).toMatch(/^503 5\.5\.1 Say EHLO/);
    expect(seen.resets).toBe(1);
  });

  it('throws away what was written behind it in the clear', async () => {
    const { port, seen } = await listen({ tls });
    const client = await SmtpClient.ready(port);
    const injected = 'NOOP\r\n'.repeat(300) + 'EHLO evil.example\r\nMAIL FROM:<evil@example.org>\r\n';
    client.write(`STARTTLS\r\n${injected}`);
    expect((await client.reply()).code).toBe(220);
    await client.startTls();
    expect((await client.ask('NOOP')).code).toBe(250);
    expect((await client.ask('EHLO client.example.org')).code).toBe(250);
    expect(seen.senders).toEqual([]);
    expect(seen.hellos.map(({ name }) => name)).toEqual(['client.example.org', 'client.example.org']);
  });

  it('takes no parameter', async () => {
    const { port } = await listen({ tls });
    const client = await SmtpClient.ready(port);
    expect((await client.ask('STARTTLS now')).code).toBe(501);
  });

  it('presents a renewed certificate to those who come later', async () => {
    const listener = await listen({ tls });
    listener.updateTls(await selfSignedCertificate(['other.example.net'], 1));
    const client = await SmtpClient.ready(listener.port);
    await client.ask('STARTTLS');
    await client.startTls();
    expect((await client.ask('NOOP')).code).toBe(250);
  });

  it('survives a handshake that is none, one that is cut, and one that never ends', async () => {
    const listener = await listen({ tls, limits: { idleMs: 150 } });
    for (const breakIt of [
      (client: SmtpClient) => client.write('this is no handshake\r\n'),
      (client: SmtpClient) => client.reset(),
      () => undefined,
    ]) {
      const client = await SmtpClient.ready(listener.port);
      await client.ask('STARTTLS');
      breakIt(client);
      await client.ended();
    }
    await eventually('all connections gone', () => listener.connections() === 0);
    expect(listener.seen.closed).toBe(3);
    expect((await SmtpClient.ready(listener.port)).chunks.length).toBeGreaterThan(0);
  });
});
