/** Where every Delivery goes, and where not: the addresses of a host are looked at before it connects to just those. */
import { afterEach, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '@sluice/node-crypto';
import type { Delivery, DeliveryRequest, RouteHost } from '@sluice/core/ports/delivery.ts';
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../support/smtp-sink.ts';
import type { DeliverySettings } from './delivery.contract.ts';

export function deliveryTargetContract(
  create: (settings: DeliverySettings) => Delivery & { close(): void },
): void {
  const opened: { close(): unknown }[] = [];
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
  const request = (
    mayBePrivate: boolean,
    port: number,
    ...hosts: readonly (string | Partial<RouteHost>)[]
  ): DeliveryRequest => ({
    hosts: hosts.map((host) => ({
      host: '',
      port,
      tls: 'none',
      ...(typeof host === 'string' ? { host } : host),
    })),
    mayBePrivate,
    helo: 'mx1.example.net',
    sender: 'from@example.org',
    recipients: ['to@example.com', 'too@example.com'],
    prepend: '',
    raw: Buffer.from('Subject: hello\r\n\r\ntext\r\n'),
    smtpUtf8: false,
    deadlineMs: 1_500,
  });
  /** DNS that answers by this table, and counts. */
  const names = (table: Readonly<Record<string, readonly string[]>>) => {
    const asked: string[] = [];
    const lookUp = async (host: string) => {
      asked.push(host);
      return table[host] ?? Promise.reject(new Error('ENOTFOUND'));
    };
    return { asked, lookUp };
  };

  describe('the target of a delivery on a route that the operator has set', () => {
    it('may be a private address', async () => {
      const sink = await sinkOf();
      const outcomes = await deliveryOf().deliver(request(true, sink.port, '127.0.0.1'));
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered']);
    });

    it('may be a name that leads to one, which the certificate has to be for', async () => {
      const certificate = await selfSignedCertificate(['mail.example.org'], 1);
      const sink = await sinkOf({ tls: certificate });
      const { lookUp } = names({ 'mail.example.org': ['127.0.0.1'], 'other.example.org': ['127.0.0.1'] });
      const delivery = deliveryOf({ ca: certificate.cert, lookUp });
      const to = (host: string) =>
        delivery.deliver(request(true, sink.port, { host, tls: 'required' })).then(([first]) => first);
      expect(await to('mail.example.org')).toMatchObject({
        outcome: 'delivered',
        host: `mail.example.org:${sink.port}`,
      });
      expect(await to('other.example.org')).toMatchObject({ outcome: 'deferred' });
    });

    it('is looked up once for all mails of a session', async () => {
      const sink = await sinkOf();
      const { lookUp, asked } = names({ 'mail.example.org': ['127.0.0.1'] });
      const delivery = deliveryOf({ lookUp });
      for (let mail = 0; mail < 5; mail++) {
        await delivery.deliver(request(true, sink.port, 'mail.example.org'));
      }
      expect(sink.mails).toHaveLength(5);
      expect([asked, sink.connections()]).toEqual([['mail.example.org'], 1]);
    });

    it('is its next address where the first is not there', async () => {
      const sink = await sinkOf();
      const { lookUp } = names({ 'mail.example.org': ['127.0.0.77', '127.0.0.1'] });
      const [said] = await deliveryOf({ lookUp }).deliver(request(true, sink.port, 'mail.example.org'));
      expect(said).toMatchObject({ outcome: 'delivered' });
    });

    it('is tried again later where DNS does not know it, or says nothing', async () => {
      const silent = { lookUp: () => new Promise<never>(() => undefined) };
      for (const dns of [names({}), names({ 'mail.example.org': [] }), silent]) {
        const [said] = await deliveryOf(dns).deliver(request(true, 25, 'mail.example.org'));
        expect(said).toMatchObject({ outcome: 'deferred', code: 0 });
        expect(said?.response).toMatch(/mail\.example\.org/);
      }
    });
  });

  describe('the target of a delivery on the route of a customer', () => {
    const refused = async (sink: SmtpSink, dns: DeliverySettings, ...hosts: readonly string[]) => {
      const outcomes = await deliveryOf(dns).deliver(request(false, sink.port, ...hosts));
      expect(outcomes.map(({ outcome, code, host }) => [outcome, code, host])).toEqual([
        ['failed', 0, ''],
        ['failed', 0, ''],
      ]);
      expect(sink.connections()).toBe(0);
      return outcomes[0]?.response;
    };

    it.each([
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '0.0.0.0',
      '127.1',
      '0177.0.0.1',
      '2130706433',
      'localhost',
      'localhost.',
      '10.0.0.1',
      '100.64.0.1',
      '169.254.169.254',
      '192.0.2.1',
      'fd00::1',
      'fe80::1',
    ])('is never %s', async (host) => {
      const sink = await sinkOf();
      const known = { 'localhost.': ['127.0.0.1'] };
      expect(await refused(sink, host in known ? names(known) : {}, host)).toMatch(
        /private address; only the operator can route mail there/,
      );
    });

    it.each([
      ['127.0.0.1'],
      ['::1'],
      ['::ffff:127.0.0.1'],
      ['0.0.0.0'],
      ['fe80::1%eth0'],
      ['169.254.169.254'],
      ['224.0.0.1'],
      ['10.0.0.1', 'fd00::1'],
    ])('is never a name that leads to %s', async (...addresses) => {
      const sink = await sinkOf();
      const response = await refused(sink, names({ 'inside.example': addresses }), 'inside.example');
      expect(response).toMatch(/^inside\.example:\d+: inside\.example leads to a private address; only/);
    });

    it('is never ourselves, by whatever name', async () => {
      const sink = await sinkOf();
      const dns = names({ 'self.example': ['4000::1'], 'mx1.example.net': ['4000:0::1'] });
      expect(await refused(sink, dns, 'self.example')).toMatch(/leads to this service itself; only/);
      expect(await refused(sink, dns, '4000::1')).toMatch(/leads to this service itself; only/);
    });

    it('is what was looked at, whatever the name says a moment later', async () => {
      const sink = await sinkOf();
      const answers = [['4000::1'], ['127.0.0.1']];
      const lookUp = async (host: string) => (host === 'rebinds.example' ? (answers.shift() ?? []) : []);
      const [said] = await deliveryOf({ lookUp }).deliver(request(false, sink.port, 'rebinds.example'));
      expect(said).toMatchObject({ outcome: 'deferred' });
      expect([answers.length, sink.connections()]).toEqual([1, 0]);
    });

    it('is none of the private addresses among public ones', async () => {
      const sink = await sinkOf();
      const dns = names({ 'mixed.example': ['127.0.0.1', '4000::1'] });
      const [said] = await deliveryOf(dns).deliver(request(false, sink.port, 'mixed.example'));
      expect(said).toMatchObject({ outcome: 'deferred', response: expect.stringContaining('4000::1') });
      expect(sink.connections()).toBe(0);
    });

    it('is tried again while one of several hosts may still come back', async () => {
      const sink = await sinkOf();
      const dns = names({ 'inside.example': ['127.0.0.1'] });
      const hosts = ['inside.example', 'away.example'];
      const [said] = await deliveryOf(dns).deliver(request(false, sink.port, ...hosts));
      expect(said).toMatchObject({ outcome: 'deferred' });
      expect(said?.response).toMatch(
        /inside\.example leads to a private address.*away\.example is not known/,
      );
    });

    it('is no session that was opened on a route of the operator', async () => {
      const sink = await sinkOf();
      const delivery = deliveryOf();
      expect(await delivery.deliver(request(true, sink.port, '127.0.0.1'))).toMatchObject([
        { outcome: 'delivered' },
        { outcome: 'delivered' },
      ]);
      expect(await delivery.deliver(request(false, sink.port, '127.0.0.1'))).toMatchObject([
        { outcome: 'failed' },
        { outcome: 'failed' },
      ]);
      expect(sink.mails).toHaveLength(1);
    });
  });
}
