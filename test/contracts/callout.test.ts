/** Asking a domain's server about a recipient, over real sockets: what its replies mean, and where nobody is asked. */
import { createCallout } from '@sluice/core/edge/callout.ts';
import type { Route } from '@sluice/core/ports/delivery.ts';
import { createRouteProbe } from '@sluice/nodemailer';
import { afterEach, describe, expect, it } from 'vitest';
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../support/smtp-sink.ts';
import { freePort } from './support/free-port.ts';

const opened: SmtpSink[] = [];
afterEach(async () => {
  for (const sink of opened.splice(0)) await sink.close();
});

async function sinkOf(options: SmtpSinkOptions): Promise<SmtpSink> {
  const sink = await startSmtpSink(options);
  opened.push(sink);
  return sink;
}

const callout = createCallout(createRouteProbe({ helo: 'mx1.example.net' }), {
  deadlineMs: 2_000,
  atOnce: 3,
});
const to = (...ports: readonly number[]): Route => ({
  hosts: ports.map((port) => ({ host: '127.0.0.1', port, tls: 'none' })),
  trusted: true,
});
const ask = (route: Route, recipient = 'bob@here.example') =>
  callout({ domainId: 'domain', route, recipient });

describe('a callout', () => {
  it('believes a server that takes the recipient, and sends nothing', async () => {
    const sink = await sinkOf({});
    expect(await ask(to(sink.port))).toEqual({ is: 'valid', words: '' });
    expect(sink.commands.filter((command) => /^(MAIL|RCPT|DATA)/i.test(command))).toEqual([
      'MAIL FROM:<>',
      'RCPT TO:<bob@here.example>',
    ]);
    expect(sink.mails).toEqual([]);
  });

  it('believes one that does not know it', async () => {
    const sink = await sinkOf({ onRcpt: () => '550 5.1.1 no such user' });
    expect(await ask(to(sink.port))).toEqual({ is: 'unknown', words: '550 5.1.1 no such user' });
  });

  it.each([
    ['puts it off', { onRcpt: () => '450 4.2.0 greylisted' }],
    ['refuses us and not the recipient', { onRcpt: () => '550 5.7.1 you are on a block list' }],
    ['takes no mail without sender', { onMail: () => '550 5.1.1 no null sender here' }],
    ['greets with a refusal', { onConnect: () => '554 go away' }],
    ['says nothing', { onRcpt: () => 'stall' }],
    ['breaks off', { onRcpt: () => 'cut' }],
  ] satisfies [string, SmtpSinkOptions][])('is unsure where the server %s', async (_name, options) => {
    const sink = await sinkOf(options);
    expect(await ask(to(sink.port))).toMatchObject({ is: 'unsure' });
  });

  it('asks the next host where one is not there', async () => {
    const sink = await sinkOf({});
    expect(await ask(to(await freePort(), sink.port))).toMatchObject({ is: 'valid' });
    expect(await ask({ hosts: [], trusted: true })).toMatchObject({ is: 'unsure' });
  });

  it("connects to no private address for a customer's own route", async () => {
    const sink = await sinkOf({});
    expect(await ask({ ...to(sink.port), trusted: false })).toMatchObject({ is: 'unsure' });
    expect(sink.connections()).toBe(0);
  });

  it('asks once about one address, and about few at a time', async () => {
    const waiting = Promise.withResolvers<undefined>();
    const sink = await sinkOf({ onRcpt: () => waiting.promise });
    const route = to(sink.port);
    const same = [ask(route), ask(route), ask(route, 'carol@here.example'), ask(route, 'dave@here.example')];
    expect(await ask(route, 'eve@here.example')).toEqual({
      is: 'unsure',
      words: 'too many questions at a time',
    });
    waiting.resolve(undefined);
    expect((await Promise.all(same)).map((answer) => answer.is)).toEqual([
      'valid',
      'valid',
      'valid',
      'valid',
    ]);
    expect(sink.connections()).toBe(3);
  });

  it.each(['b b@here.example', 'bärbel@here.example', 'a>b@here.example'])(
    'does not ask about %s',
    async (recipient) => {
      const sink = await sinkOf({});
      expect(await ask(to(sink.port), recipient)).toMatchObject({ is: 'unsure' });
      expect(sink.connections()).toBe(0);
    },
  );
});
