/** Release and redelivery, end to end, whatever keeps the queue: what the route is given, what the log says, what is still owed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../support/smtp-sink.ts';
import { must } from './intake.harness.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';
import { type KeptMail, quickly, type Releases, startReleases } from './workers.harness.ts';

export function redeliveryContract(
  connect: () => Promise<{ readonly postgresUrl: string; readonly redisUrl?: string }>,
): void {
  let releases: Releases;
  const sinks: SmtpSink[] = [];

  beforeAll(async () => {
    releases = await startReleases(await connect());
    await releases.work();
  });
  afterAll(async () => {
    await releases?.close();
    for (const sink of sinks) await sink.close();
  });

  async function route(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
    const sink = await startSmtpSink(options);
    sinks.push(sink);
    return sink;
  }

  /** Answers the first `times` RCPTs with this reply. */
  const refusing = (reply: string, times: number): SmtpSinkOptions => {
    let left = times;
    return { onRcpt: () => ((left -= 1) >= 0 ? reply : undefined) };
  };

  describe('a released mail', () => {
    it('is delivered once, as it was received, and owed no more', async () => {
      const sink = await route();
      const mail = await releases.keep(await releases.makeDomain(sink), { subject: 'Wrongly refused' });
      const released = must(await releases.release(mail));
      expect(released.position).toMatch(/^\d+$/);
      await releases.settled(mail, 'MailDelivered');
      expect(await releases.types(mail)).toEqual(['MailReleased', 'MailDelivered']);
      expect(sink.mails).toHaveLength(1);
      const [taken] = sink.mails;
      expect(taken).toMatchObject({ sender: 'alice@sender.example', helo: 'mx.sluice.example' });
      const text = taken?.raw.toString() ?? '';
      expect(text).toMatch(/^X-Sluice-Released: .+\r\nX-Sluice-Received: .+\r\n/);
      expect(text.endsWith(Buffer.from(mail.raw).toString())).toBe(true);
    });

    it('is tried again after a 4xx, with an event for each attempt', async () => {
      const sink = await route(refusing('450 4.2.1 not now', 2));
      const mail = await releases.keep(await releases.makeDomain(sink));
      must(await releases.release(mail));
      await releases.settled(mail, 'MailDelivered');
      const events = await releases.events(mail);
      expect(events.map(({ type }) => type)).toEqual([
        'MailReleased',
        'MailDeliveryDeferred',
        'MailDeliveryDeferred',
        'MailDelivered',
      ]);
      expect(events[1]?.data).toMatchObject({ code: 450, attempt: 1, host: `127.0.0.1:${sink.port}` });
      expect(sink.mails).toHaveLength(1);
    });

    it('goes back to the quarantine after a 5xx, and can be released again', async () => {
      const sink = await route(refusing('550 5.1.1 nobody here', 1));
      const mail = await releases.keep(await releases.makeDomain(sink));
      must(await releases.release(mail));
      await releases.settled(mail, 'MailBounced');
      expect(sink.mails).toHaveLength(0);
      must(await releases.release(mail));
      await releases.settled(mail, 'MailDelivered');
      expect(await releases.types(mail)).toEqual([
        'MailReleased',
        'MailBounced',
        'MailReleased',
        'MailDelivered',
      ]);
      expect(sink.mails).toHaveLength(1);
    });

    it('reaches each of twenty recipients once, each reported once', async () => {
      const sink = await route();
      const domain = await releases.makeDomain(sink);
      const recipients = Array.from({ length: 20 }, (_, index) => `r${index}@${domain.name}`);
      const mail = await releases.keep(domain, { recipients });
      must(await releases.release(mail));
      await releases.settled(mail, 'MailDelivered', recipients.length);
      expect(sink.mails.flatMap((one) => one.recipients).toSorted()).toEqual(recipients.toSorted());
      const delivered = (await releases.events(mail)).filter(({ type }) => type === 'MailDelivered');
      const reported = delivered.flatMap(({ data }) => ('recipients' in data ? data.recipients : []));
      expect(reported.toSorted()).toEqual(recipients.toSorted());
    });

    it('is delivered to those who take it, and goes back for those who do not', async () => {
      const sink = await route({ onRcpt: (to) => (to.startsWith('gone@') ? '550 5.1.1 gone' : undefined) });
      const domain = await releases.makeDomain(sink);
      const recipients = [`here@${domain.name}`, `gone@${domain.name}`];
      const mail = await releases.keep(domain, { recipients });
      must(await releases.release(mail));
      await releases.settled(mail, 'MailBounced');
      expect((await releases.types(mail)).toSorted()).toEqual([
        'MailBounced',
        'MailDelivered',
        'MailReleased',
      ]);
      const again = must(await releases.release(mail));
      expect(again.position).toBeDefined();
      await releases.settled(mail, 'MailBounced', 2);
      expect(sink.mails.flatMap((one) => one.recipients)).toEqual([`here@${domain.name}`]);
    });

    it('is delivered once however often it is released, at once or afterwards', async () => {
      const sink = await route();
      const mail = await releases.keep(await releases.makeDomain(sink));
      const answers = await Promise.all([1, 2, 3].map(() => releases.release(mail)));
      expect(answers.map((one) => must(one).position !== undefined).filter(Boolean)).toHaveLength(1);
      await releases.settled(mail, 'MailDelivered');
      expect(must(await releases.release(mail)).position).toBeUndefined();
      expect(await releases.types(mail)).toEqual(['MailReleased', 'MailDelivered']);
      expect(sink.mails).toHaveLength(1);
    });

    it('goes to another address where that is ordered, by the route of its domain', async () => {
      const sink = await route();
      const mail = await releases.keep(await releases.makeDomain(sink));
      must(await releases.release(mail, { to: 'postmaster@elsewhere.example' }));
      await releases.settled(mail, 'MailDelivered');
      expect(sink.mails.map((one) => one.recipients)).toEqual([['postmaster@elsewhere.example']]);
      must(await releases.release(mail));
      await releases.settled(mail, 'MailDelivered', 2);
      expect(sink.mails).toHaveLength(2);
    });

    it('waits for a route that is away', async () => {
      const port = await freePort();
      const mail = await releases.keep(await releases.makeDomain({ host: '127.0.0.1', port }));
      must(await releases.release(mail));
      await eventually('a deferral', async () =>
        (await releases.types(mail)).includes('MailDeliveryDeferred'),
      );
      expect(await releases.owedFor(mail)).toHaveLength(1);
      const sink = await route({ port });
      await releases.settled(mail, 'MailDelivered');
      expect(sink.mails).toHaveLength(1);
    });

    it('goes back to the quarantine where a customer’s route leads inside, and to the operator’s all the same', async () => {
      const sink = await route();
      const domain = await releases.makeDomain(sink);
      const mail = await releases.keep(domain);
      await releases.setRouteOfBefore(domain, sink, 'user');
      must(await releases.release(mail));
      await releases.settled(mail, 'MailBounced');
      const bounced = (await releases.events(mail)).at(-1);
      expect(bounced?.data).toMatchObject({
        code: 0,
        response: expect.stringMatching(/leads to a private address; only the operator can route mail there/),
      });
      expect(sink.connections()).toBe(0);
      await releases.setRouteOfBefore(domain, sink, 'operator');
      must(await releases.release(mail));
      await releases.settled(mail, 'MailDelivered');
      expect(sink.mails).toHaveLength(1);
    });

    it('takes the route of the moment, not that of its decision', async () => {
      const [old, current] = [await route({ onConnect: () => '421 4.3.2 moved' }), await route()];
      const domain = await releases.makeDomain(old);
      const mail = await releases.keep(domain);
      must(await releases.release(mail));
      await eventually('a deferral', async () =>
        (await releases.types(mail)).includes('MailDeliveryDeferred'),
      );
      await releases.setRoute(domain, current);
      await releases.settled(mail, 'MailDelivered');
      expect(current.mails).toHaveLength(1);
    });
  });

  describe('a damaged archive', () => {
    const messageOf = (mail: KeptMail, pattern: RegExp) =>
      eventually(`a job that says ${pattern}`, async () => {
        const jobs = await releases.queues.list('redelivery', ['waiting', 'delayed', 'active', 'failed']);
        return jobs.find((job) => job.payload.mailId === mail.mailId && pattern.test(job.message ?? ''));
      });

    it('is said clearly; nothing is delivered, and the mail stays owed', async () => {
      const sink = await route();
      const mail = await releases.keep(await releases.makeDomain(sink));
      const { packs } = releases.centre;
      const { pack } = await releases.bodyOf(mail);
      const whole = await packs.getRange(pack, 0, (await packs.size(pack)) ?? 0);
      await packs.put(pack, Buffer.from(whole ?? []).fill(0x55, 20, 60));
      must(await releases.release(mail));
      await messageOf(mail, /damaged in the archive \(pack test\//);
      expect(await releases.owedFor(mail)).toHaveLength(1);
      expect(await releases.types(mail)).toEqual(['MailReleased']);
      expect(sink.mails).toHaveLength(0);
    });

    it('delivers as soon as a missing pack is back', async () => {
      const sink = await route();
      const mail = await releases.keep(await releases.makeDomain(sink));
      const { packs } = releases.centre;
      const { pack } = await releases.bodyOf(mail);
      const whole = await packs.getRange(pack, 0, (await packs.size(pack)) ?? 0);
      await packs.delete(pack);
      must(await releases.release(mail));
      await messageOf(mail, /missing in the archive \(pack test\//);
      await packs.put(pack, whole ?? Buffer.alloc(0));
      await releases.settled(mail, 'MailDelivered');
      expect(sink.mails).toHaveLength(1);
    });
  });

  describe('several workers', () => {
    it('deliver every mail once between them', async () => {
      const sink = await route();
      const domain = await releases.makeDomain(sink);
      await using _second = await releases.work();
      const mails = [];
      for (let count = 0; count < 10; count += 1) mails.push(await releases.keep(domain));
      await Promise.all(mails.map(async (mail) => must(await releases.release(mail))));
      for (const mail of mails) await releases.settled(mail, 'MailDelivered');
      expect(sink.mails).toHaveLength(mails.length);
    });
  });

  describe('a queue that has lost everything', () => {
    it('is filled again when a worker starts, and the mail is delivered once', async () => {
      const port = await freePort();
      const lost = await startReleases(await connect());
      try {
        const mail = await lost.keep(await lost.makeDomain({ host: '127.0.0.1', port }));
        const first = await lost.work({ retry: { ...quickly, backoffMs: 60_000, maxBackoffMs: 60_000 } });
        must(await lost.release(mail));
        const queued = await eventually('a job that waits long', async () =>
          (await lost.queues.list('redelivery', ['delayed'])).find(
            (job) => job.payload.mailId === mail.mailId,
          ),
        );
        await first[Symbol.asyncDispose]();
        expect(await lost.queues.remove('redelivery', queued.id)).toBe(true);
        const sink = await route({ port });
        await lost.work();
        await lost.settled(mail, 'MailDelivered');
        expect(sink.mails).toHaveLength(1);
      } finally {
        await lost.close();
      }
    });
  });
}
