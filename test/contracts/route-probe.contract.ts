/** What every RouteProbe promises: it says what a delivery would meet, sends nothing, and goes nowhere it may not. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RouteHost } from '@sluice/core/ports/delivery.ts';
import type { ProbedHost, ProbeRequest, RouteProbe } from '@sluice/core/ports/route-probe.ts';
import { selfSignedCertificate } from '@sluice/node-crypto';
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../support/smtp-sink.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';

export interface ProbeSettings {
  /** Certificates to trust, PEM. */
  readonly ca?: string;
  /** Instead of DNS. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
}

const all = ['resolve', 'connect', 'greeting', 'tls', 'recipient'];

export function routeProbeContract(create: (settings: ProbeSettings) => RouteProbe): void {
  describe('the test of a route', () => {
    let certificate: { key: string; cert: string };
    const opened: { close(): unknown }[] = [];
    beforeAll(async () => {
      certificate = await selfSignedCertificate(['mail.example.org'], 1);
    });
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });

    const sinkOf = async (options: SmtpSinkOptions = {}): Promise<SmtpSink> => {
      const sink = await startSmtpSink(options);
      opened.push(sink);
      return sink;
    };
    const probe = (
      host: Partial<RouteHost> & { readonly port: number },
      { ca, lookUp, ...request }: ProbeSettings & Partial<ProbeRequest> = {},
    ): Promise<ProbedHost> =>
      create({ ...(ca && { ca }), ...(lookUp && { lookUp }) }).probe({
        host: { host: '127.0.0.1', tls: 'opportunistic', ...host },
        recipient: 'postmaster@example.org',
        mayBePrivate: true,
        deadlineMs: 5_000,
        ...request,
      });
    const named = ({ steps }: ProbedHost) => steps.map(({ name }) => name);
    const step = ({ steps }: ProbedHost, name: string) => steps.find((one) => one.name === name);
    const there = { lookUp: async () => ['127.0.0.1'] };

    it('goes as far as a recipient, and sends nothing', async () => {
      const sink = await sinkOf();
      const probed = await probe(sink);
      expect(probed).toMatchObject({ ok: true, address: '127.0.0.1' });
      expect(named(probed)).toEqual(all);
      expect(step(probed, 'greeting')?.detail).toBe('220 sink ESMTP');
      expect(step(probed, 'tls')).toMatchObject({ ok: true, detail: expect.stringMatching(/unencrypted/) });
      expect(step(probed, 'recipient')?.detail).toBe('postmaster@example.org is taken.');
      expect(sink.commands).toEqual([
        'EHLO mx1.example.net',
        'MAIL FROM:<>',
        'RCPT TO:<postmaster@example.org>',
        'QUIT',
      ]);
      expect(sink.mails).toEqual([]);
      await eventually('the connection gone', () => sink.open() === 0);
    });

    it('describes a valid certificate, and asks for the recipient behind it', async () => {
      const sink = await sinkOf({ tls: certificate });
      const host = { port: sink.port, host: 'mail.example.org', tls: 'required' } as const;
      const probed = await probe(host, { ca: certificate.cert, ...there });
      expect(probed.ok).toBe(true);
      expect(step(probed, 'tls')?.detail).toMatch(
        /^Encrypted with TLSv1\.3; the certificate is for mail\.example\.org, by mail\.example\.org, until \d{4}-\d\d-\d\d\.$/,
      );
      expect(sink.commands.filter((command) => command.startsWith('EHLO'))).toHaveLength(2);
    });

    it('takes a certificate with a fault where the route does not demand a valid one', async () => {
      const sink = await sinkOf({ tls: certificate });
      const probed = await probe({ port: sink.port, host: 'mail.example.org' }, there);
      expect(probed.ok).toBe(true);
      expect(step(probed, 'tls')?.detail).toMatch(/but it is self-signed; the route does not demand/);
    });

    it.each([
      ['mail.example.org', undefined, /it is self-signed\. The route demands a valid one/],
      ['other.example.org', 'trusted', /it is for another name\. The route demands a valid one/],
    ])('ends at a certificate that is not valid for %s where it has to be', async (host, trusted, why) => {
      const sink = await sinkOf({ tls: certificate });
      const settings = trusted === undefined ? there : { ...there, ca: certificate.cert };
      const probed = await probe({ port: sink.port, host, tls: 'required' }, settings);
      expect(probed.ok).toBe(false);
      expect(probed.steps.at(-1)).toMatchObject({
        name: 'tls',
        ok: false,
        detail: expect.stringMatching(why),
      });
      expect(sink.commands).not.toContain('MAIL FROM:<>');
    });

    it('ends where TLS is demanded and not offered', async () => {
      const sink = await sinkOf();
      const probed = await probe({ port: sink.port, tls: 'required' });
      expect(probed.steps.at(-1)).toMatchObject({
        name: 'tls',
        ok: false,
        detail: expect.stringMatching(/does not offer STARTTLS/),
      });
    });

    it('comes again without TLS where its handshake fails, as a delivery does', async () => {
      const sink = await sinkOf({ tls: certificate, onStartTls: () => '454 4.7.0 not now' });
      const probed = await probe(sink);
      expect(probed.ok).toBe(true);
      expect(step(probed, 'tls')?.detail).toMatch(/it fails there: mail travels unencrypted/);
      expect(sink.connections()).toBe(2);
      expect((await probe({ port: sink.port, tls: 'required' })).ok).toBe(false);
    });

    it('does not ask for TLS on a route without', async () => {
      const sink = await sinkOf({ tls: certificate });
      expect((await probe({ port: sink.port, tls: 'none' })).ok).toBe(true);
      expect(sink.commands).not.toContain('STARTTLS');
    });

    it('tells why a recipient is refused, and stays polite', async () => {
      const sink = await sinkOf({ onRcpt: () => '550 5.1.1 no\u0007postmaster' });
      const probed = await probe(sink);
      expect(probed.ok).toBe(false);
      expect(probed.steps.at(-1)).toMatchObject({
        name: 'recipient',
        ok: false,
        detail: 'RCPT TO:<postmaster@example.org> is answered with 550 5.1.1 no postmaster',
      });
      expect(sink.commands.at(-1)).toBe('QUIT');
    });

    it('tells that nothing listens', async () => {
      const probed = await probe({ port: await freePort() });
      expect(probed).toMatchObject({
        ok: false,
        steps: [{ name: 'resolve', ok: true }, { name: 'connect' }],
      });
      expect(probed.steps[1]?.detail).toMatch(/nothing listens there/);
      expect(probed).not.toHaveProperty('address');
    });

    it.each<[string, SmtpSinkOptions]>([
      ['greeting', { onConnect: () => 'stall' }],
      ['tls', { onEhlo: () => 'stall' }],
      ['tls', { tls: { ciphers: 'TLS_AES_128_GCM_SHA256' }, onStartTls: () => 'stall' }],
      ['recipient', { onRcpt: () => 'stall' }],
    ])('waits no longer than its deadline for the %s', async (name, options) => {
      const sink = await sinkOf(options);
      const began = performance.now();
      const probed = await probe(sink, { deadlineMs: 400 });
      expect(performance.now() - began).toBeLessThan(2_000);
      expect(probed.ok).toBe(false);
      expect(probed.steps.at(-1)).toMatchObject({ name, ok: false, detail: 'No answer within 0.4 s.' });
      await eventually('the connection gone', () => sink.open() === 0);
    });

    it('waits no longer than its deadline for DNS', async () => {
      const lookUp = () => new Promise<never>(() => undefined);
      const probed = await probe({ host: 'slow.example', port: 25 }, { lookUp, deadlineMs: 300 });
      expect(probed.steps).toMatchObject([{ name: 'resolve', ok: false, detail: 'No answer within 0.3 s.' }]);
    });

    it('tells an unknown name', async () => {
      const lookUp = async () => Promise.reject(new Error('ENOTFOUND'));
      const probed = await probe({ host: 'nowhere.example', port: 25 }, { lookUp });
      expect(probed.steps).toMatchObject([{ name: 'resolve', ok: false }]);
      expect(probed.steps[0]?.detail).toMatch(/nowhere\.example is not known/);
    });

    it.each(['ESMTP is not spoken here\r\n', 'SSH-2.0-OpenSSH_9.9 secret\r\n', 'x'.repeat(100_000)])(
      'tells nothing of a service that is no mail server',
      async (banner) => {
        const server = createServer((socket) => {
          socket.on('error', () => undefined);
          socket.write(banner);
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        opened.push(server);
        const probed = await probe({ port: (server.address() as AddressInfo).port });
        expect(probed.steps.at(-1)).toMatchObject({ name: 'greeting', ok: false });
        expect(JSON.stringify(probed)).not.toMatch(/secret|spoken|xxx/);
      },
    );

    describe('of somebody who may not reach private addresses', () => {
      const mayBePrivate = false;
      const refused = (probed: ProbedHost): void => {
        expect(probed.ok).toBe(false);
        expect(probed.steps).toMatchObject([{ name: 'resolve', ok: false }]);
        expect(probed.steps[0]?.detail).toMatch(/private address; only the operator/);
      };

      it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '169.254.169.254', 'localhost', '127.1'])(
        '%s is refused before anything is sent there',
        async (host) => {
          const sink = await sinkOf();
          refused(await probe({ host, port: sink.port }, { mayBePrivate }));
          expect(sink.connections()).toBe(0);
        },
      );

      it('a name is looked up once, and what it says later counts for nothing', async () => {
        const sink = await sinkOf();
        const answers = [['192.0.2.1', '127.0.0.1'], ['127.0.0.1']];
        let asked = 0;
        const lookUp = async () => answers[asked++] ?? [];
        // 192.0.2.1 is reserved for documentation, so it is not public either.
        refused(await probe({ host: 'rebinds.example', port: sink.port }, { mayBePrivate, lookUp }));
        expect([asked, sink.connections()]).toEqual([1, 0]);
      });

      it('connects to none of the private addresses among public ones', async () => {
        const sink = await sinkOf();
        const lookUp = async (host: string) =>
          host === 'mixed.example' ? ['127.0.0.1', 'localhost', '4000::1'] : [];
        const probed = await probe(
          { host: 'mixed.example', port: sink.port },
          { mayBePrivate, lookUp, deadlineMs: 500 },
        );
        expect(probed.steps[0]).toMatchObject({ ok: true, detail: '4000::1.' });
        expect(sink.connections()).toBe(0);
      });
    });
  });
}
