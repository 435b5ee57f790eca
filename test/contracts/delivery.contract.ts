/** What every Delivery promises: one honest outcome a recipient, whatever the route does, and no mail twice. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '@sluice/node-crypto';
import type { Delivery, DeliveryRequest, RouteHost } from '@sluice/core/ports/delivery.ts';
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../support/smtp-sink.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';

const never = new Promise<undefined>(() => undefined);

export interface DeliverySettings {
  /** Certificates to trust, PEM. */
  readonly ca?: string;
  /** Instead of DNS. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
}

export function deliveryContract(create: (settings: DeliverySettings) => Delivery & { close(): void }): void {
  describe('delivery', () => {
    let certificate: { key: string; cert: string };
    const opened: { close(): unknown }[] = [];
    beforeAll(async () => {
      certificate = await selfSignedCertificate(['127.0.0.1'], 1);
    });
    afterEach(async () => {
      for (const one of opened.splice(0).toReversed()) await one.close();
    });

    const sinkOf = async (options: SmtpSinkOptions = {}): Promise<SmtpSink> => {
      const sink = await startSmtpSink(options);
      opened.push(sink);
      return sink;
    };
    const deliveryOf = (settings: DeliverySettings = {}): Delivery => {
      const delivery = create(settings);
      opened.push(delivery);
      return delivery;
    };
    const to = (
      { host, port }: { host: string; port: number },
      tls: RouteHost['tls'] = 'none',
    ): RouteHost => ({
      host,
      port,
      tls,
    });
    const request = (
      hosts: readonly RouteHost[],
      changes: Partial<DeliveryRequest> = {},
    ): DeliveryRequest => ({
      hosts,
      mayBePrivate: true,
      helo: 'mx1.example.net',
      sender: 'from@example.org',
      recipients: ['to@example.com'],
      prepend: 'Received: by mx1\r\n',
      raw: Buffer.from('Subject: hello\r\n\r\ntext\r\n'),
      smtpUtf8: false,
      deadlineMs: 10_000,
      ...changes,
    });
    const deliver = async (sink: SmtpSink, changes: Partial<DeliveryRequest> = {}) =>
      deliveryOf().deliver(request([to(sink)], changes));

    it('hands over envelope and mail, with the prepended fields before it', async () => {
      const sink = await sinkOf();
      const outcomes = await deliver(sink, { recipients: ['a@example.com', 'b@example.com'] });
      const said = {
        outcome: 'delivered',
        code: 250,
        response: '250 2.0.0 taken',
        host: `127.0.0.1:${sink.port}`,
      };
      expect(outcomes).toEqual([
        { recipient: 'a@example.com', ...said },
        { recipient: 'b@example.com', ...said },
      ]);
      expect(sink.mails).toHaveLength(1);
      expect(sink.mails[0]).toMatchObject({
        sender: 'from@example.org',
        recipients: ['a@example.com', 'b@example.com'],
        helo: 'mx1.example.net',
        secure: false,
      });
      expect(sink.mails[0]!.raw.toString()).toBe('Received: by mx1\r\nSubject: hello\r\n\r\ntext\r\n');
    });

    it('keeps the null sender', async () => {
      const sink = await sinkOf();
      await deliver(sink, { sender: '' });
      expect(sink.mails[0]?.sender).toBe('');
    });

    it('brings dots, long lines, binary bytes and big mails through byte for byte', async () => {
      const sink = await sinkOf();
      const raws = [
        Buffer.from('.\r\n..\r\n.a\r\n\r\n.\r\n'),
        Buffer.from(`${'x'.repeat(100_000)}\r\n`),
        Buffer.from([0, 1, 128, 255, 13, 10]),
        Buffer.concat([Buffer.alloc(5_000_000, 'line of a big mail\r\n.\r\n'), Buffer.from('\r\n')]),
      ];
      for (const raw of raws) await deliver(sink, { raw, prepend: '' });
      expect(sink.mails.map((mail, n) => mail.raw.equals(raws[n]!))).toEqual([true, true, true, true]);
    });

    it('makes CRLF of a bare LF or CR, so that nobody can smuggle a second mail to the route', async () => {
      const sink = await sinkOf();
      const raw = Buffer.from('a\nb\r\n\n.\nMAIL FROM:<x@example.org>\n\r.\rend');
      await deliver(sink, { raw, prepend: '' });
      expect(sink.mails).toHaveLength(1);
      expect(sink.mails[0]!.raw.toString()).toBe(
        'a\r\nb\r\n\r\n.\r\nMAIL FROM:<x@example.org>\r\n\r\n.\r\nend\r\n',
      );
    });

    it('says of each recipient what the route said of them', async () => {
      const sink = await sinkOf({
        onRcpt: (recipient) =>
          ({ 'gone@example.com': '550 5.1.1 no such user', 'full@example.com': '452 4.2.2 full' })[recipient],
      });
      const recipients = ['gone@example.com', 'ok@example.com', 'full@example.com'];
      const outcomes = await deliver(sink, { recipients });
      expect(outcomes.map(({ recipient, outcome, code }) => [recipient, outcome, code])).toEqual([
        ['gone@example.com', 'failed', 550],
        ['ok@example.com', 'delivered', 250],
        ['full@example.com', 'deferred', 452],
      ]);
      expect(outcomes[0]?.response).toBe('550 5.1.1 no such user');
      expect(sink.mails[0]?.recipients).toEqual(['ok@example.com']);
    });

    it.each<[string, SmtpSinkOptions, string, number]>([
      ['at MAIL', { onMail: () => '550 5.7.1 no' }, 'failed', 550],
      ['at MAIL for now', { onMail: () => '451 4.3.0 later' }, 'deferred', 451],
      ['at RCPT, all of them', { onRcpt: () => '550 5.1.1 no' }, 'failed', 550],
      ['at DATA', { onDataCommand: () => '554 5.5.0 no' }, 'failed', 554],
      ['after the mail', { onData: () => '552 5.2.2\nquota' }, 'failed', 552],
      ['after the mail for now', { onData: () => '451 4.3.0 later' }, 'deferred', 451],
      ['by closing the service', { onMail: () => '421 4.3.2 bye' }, 'deferred', 421],
      ['because of the order of commands', { onDataCommand: () => '503 5.5.1 what?' }, 'deferred', 503],
      ['by a size limit', { extensions: ['SIZE 10'] }, 'failed', 0],
    ])('takes a refusal %s for what it is', async (_, options, outcome, code) => {
      const sink = await sinkOf(options);
      for (const extensions of [undefined, ['8BITMIME']]) {
        const other =
          extensions === undefined || code === 0 ? sink : await sinkOf({ ...options, extensions });
        const [said] = await deliver(other);
        expect([said?.outcome, said?.code]).toEqual([outcome, code]);
        expect(said?.response).not.toBe('');
        expect(other.mails).toEqual([]);
      }
    });

    it('keeps a recipient’s own refusal where the rest of the mail is deferred', async () => {
      const sink = await sinkOf({
        onRcpt: (recipient) => (recipient === 'gone@example.com' ? '550 5.1.1 no' : undefined),
        onData: () => '451 4.3.0 later',
      });
      const outcomes = await deliver(sink, { recipients: ['gone@example.com', 'ok@example.com'] });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['failed', 'deferred']);
    });

    it('goes to the next host while one cannot be reached, will not talk, or breaks off before the mail', async () => {
      const last = await sinkOf();
      const refusing = await sinkOf({ onConnect: () => '554 5.3.2 not me' });
      const cutting = await sinkOf({ onRcpt: () => 'cut' });
      const closed = { host: '127.0.0.1', port: await freePort() };
      const outcomes = await deliveryOf().deliver(request([to(closed), to(refusing), to(cutting), to(last)]));
      expect(outcomes).toMatchObject([{ outcome: 'delivered', host: `127.0.0.1:${last.port}` }]);
    });

    it('defers, naming every host, where none can be reached', async () => {
      const closed = { host: '127.0.0.1', port: await freePort() };
      const refusing = await sinkOf({ onConnect: () => '554 5.3.2 not me' });
      const [said] = await deliveryOf().deliver(request([to(closed), to(refusing)]));
      expect(said).toMatchObject({ outcome: 'deferred', code: 554, host: '' });
      expect(said?.response).toContain(`127.0.0.1:${closed.port}: `);
      expect(said?.response).toContain('554 5.3.2 not me');
      expect(await deliveryOf().deliver(request([]))).toMatchObject([{ outcome: 'deferred' }]);
    });

    it('does not give the mail to another host once it may have been taken', async () => {
      const cutting = await sinkOf({ onData: () => 'cut' });
      const next = await sinkOf();
      const [said] = await deliveryOf().deliver(request([to(cutting), to(next)]));
      expect(said).toMatchObject({ outcome: 'deferred', code: 0, host: `127.0.0.1:${cutting.port}` });
      expect(said?.response).toContain('may have taken');
      expect(next.connections()).toBe(0);
    });

    it.each([
      ['the greeting', { onConnect: () => never }],
      ['EHLO', { onEhlo: () => never }],
      ['MAIL', { onMail: () => never }],
      ['RCPT', { onRcpt: () => never }],
      ['the mail', { onData: () => never }],
    ] as const)('is done in time though the host says nothing to %s', async (_, options) => {
      const sink = await sinkOf(options);
      const started = performance.now();
      const outcomes = await deliver(sink, { deadlineMs: 400 });
      expect(outcomes).toMatchObject([{ outcome: 'deferred', code: 0 }]);
      expect(performance.now() - started).toBeLessThan(5_000);
    });

    it('leaves time for the next host where one is silent', async () => {
      const silent = await sinkOf({ onConnect: () => never });
      const next = await sinkOf();
      const outcomes = await deliveryOf().deliver(request([to(silent), to(next)], { deadlineMs: 4_000 }));
      expect(outcomes).toMatchObject([{ outcome: 'delivered' }]);
    });

    it('encrypts where the host offers it, whoever signed the certificate', async () => {
      const sink = await sinkOf({ tls: certificate });
      const [said] = await deliveryOf().deliver(request([to(sink, 'opportunistic')]));
      expect(said?.outcome).toBe('delivered');
      expect(sink.mails[0]?.secure).toBe(true);
    });

    it('goes on in the clear where the host offers no TLS, refuses it, or fails at it', async () => {
      const tooOld = { ...certificate, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;
      for (const options of [
        {},
        { tls: certificate, onStartTls: () => '454 4.7.0 not now' },
        { tls: certificate, onStartTls: () => 'cut' },
        { extensions: ['STARTTLS'] },
        { tls: tooOld },
      ]) {
        const sink = await sinkOf(options);
        const [said] = await deliveryOf().deliver(request([to(sink, 'opportunistic')]));
        expect(said?.outcome).toBe('delivered');
        expect(sink.mails[0]?.secure).toBe(false);
      }
    });

    it('never starts TLS where it is switched off', async () => {
      const sink = await sinkOf({ tls: certificate });
      await deliveryOf().deliver(request([to(sink, 'none')]));
      expect(sink.commands).not.toContain('STARTTLS');
      expect(sink.mails[0]?.secure).toBe(false);
    });

    it('delivers only to a verified host where TLS is required', async () => {
      const trusted = await sinkOf({ tls: certificate });
      const plain = await sinkOf();
      const hosts = (sink: SmtpSink): RouteHost[] => [to(sink, 'required')];
      const trusting = deliveryOf({ ca: certificate.cert });
      expect(await trusting.deliver(request(hosts(trusted)))).toMatchObject([{ outcome: 'delivered' }]);
      expect(trusted.mails[0]?.secure).toBe(true);
      expect(await trusting.deliver(request(hosts(plain)))).toMatchObject([{ outcome: 'deferred' }]);
      expect(await deliveryOf().deliver(request(hosts(trusted)))).toMatchObject([{ outcome: 'deferred' }]);
      expect([trusted.mails.length, plain.mails.length]).toEqual([1, 0]);
    });

    it('declares what the mail is: its size, 8 bit, UTF-8 addresses or header', async () => {
      const sink = await sinkOf();
      const body = Buffer.from('Subject: a\r\n\r\nä\r\n');
      const header = Buffer.from('Subject: ä\r\n\r\na\r\n');
      await deliver(sink, { prepend: '', raw: body });
      await deliver(sink, { prepend: '', raw: header, smtpUtf8: true });
      await deliver(sink, { prepend: '', recipients: ['ü@example.com'], smtpUtf8: true });
      await deliver(sink, { prepend: '', raw: body, smtpUtf8: true });
      expect(sink.mails.map(({ parameters }) => parameters.split(' ').toSorted())).toEqual([
        ['BODY=8BITMIME', `SIZE=${body.length}`],
        ['BODY=8BITMIME', `SIZE=${header.length}`, 'SMTPUTF8'],
        ['SIZE=24', 'SMTPUTF8'],
        ['BODY=8BITMIME', `SIZE=${body.length}`],
      ]);
    });

    it('fails a mail that needs SMTPUTF8 where the host does not offer it, and only such a mail', async () => {
      const sink = await sinkOf({ extensions: ['8BITMIME'] });
      const [said] = await deliver(sink, { recipients: ['ü@example.com'], smtpUtf8: true });
      expect(said).toMatchObject({ outcome: 'failed', code: 0, host: `127.0.0.1:${sink.port}` });
      expect(said?.response).toMatch(/SMTPUTF8/);
      expect(await deliver(sink, { smtpUtf8: true })).toMatchObject([{ outcome: 'delivered' }]);
      expect(sink.mails[0]?.parameters).toBe('');
    });

    it('fails an address that cannot be written in SMTP, and delivers to the others', async () => {
      const sink = await sinkOf();
      const recipients = ['a@example.com', '"x>\r\nRCPT TO:<evil@example.com"@example.com', ''];
      const outcomes = await deliver(sink, { recipients });
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'failed', 'failed']);
      expect(sink.mails[0]?.recipients).toEqual(['a@example.com']);
    });

    it('sends many mails over few connections', async () => {
      const sink = await sinkOf();
      const delivery = deliveryOf();
      for (let round = 0; round < 5; round++) {
        await Promise.all([1, 2, 3].map(() => delivery.deliver(request([to(sink)]))));
      }
      expect(sink.mails).toHaveLength(15);
      expect(sink.connections()).toBe(3);
    });

    it.each([
      ['has gone away', 'cut'],
      ['says that it closes', '421 4.3.2 bye'],
    ])('takes a new connection where the one it kept %s', async (_, reply) => {
      let mails = 0;
      const sink = await sinkOf({ onMail: () => ((mails += 1) === 2 ? reply : undefined) });
      const delivery = deliveryOf();
      for (let n = 0; n < 3; n++) {
        expect(await delivery.deliver(request([to(sink)]))).toMatchObject([{ outcome: 'delivered' }]);
      }
      expect(sink.mails).toHaveLength(3);
      expect(sink.connections()).toBe(2);
    });

    it('gives back every connection when it is closed', async () => {
      const sink = await sinkOf();
      const delivery = create({});
      await delivery.deliver(request([to(sink)]));
      expect(sink.open()).toBe(1);
      delivery.close();
      await eventually('no connection is open', () => sink.open() === 0);
    });
  });
}
