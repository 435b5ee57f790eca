/** Redelivery where something is lost or comes late: processes, the queue, the event store, the read model, keys. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { type MailEvent, mailStream } from '@sluice/core/mail/mail.ts';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { createOwedDeliveries } from '@sluice/postgres';
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../support/smtp-sink.ts';
import { must } from './intake.harness.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';
import { usePostgres } from './support/postgres.ts';
import { type KeptMail, quickly, type Releases, startReleases } from './workers.harness.ts';

const server = usePostgres();
const undo: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

async function open(options: { readonly projecting?: boolean } = {}): Promise<Releases> {
  const releases = await startReleases({ postgresUrl: await server.createDatabase() }, options);
  undo.push(() => releases.close());
  return releases;
}

async function route(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options);
  undo.push(() => sink.close());
  return sink;
}

async function startChild({ settings }: Releases): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./workers.child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

const deferred = (releases: Releases, mail: KeptMail) =>
  eventually('a deferral', async () => (await releases.types(mail)).includes('MailDeliveryDeferred'));

describe('a worker that is killed', () => {
  // SMTP has no way to ask a route whether it has a mail (RFC 5321 §4.5.4.1 knows of the duplicate), so this one is inherent.
  it('between the 250 of the route and our event delivers once more at most, and reports once', async () => {
    const releases = await open();
    const reached = Promise.withResolvers<void>();
    const sink = await route({
      async onData() {
        if (sink.mails.length > 0) return undefined;
        // From here on the worker can write nothing down.
        await releases.eventStore.stop();
        reached.resolve();
        return undefined;
      },
    });
    const mail = await releases.keep(await releases.makeDomain(sink));
    const child = await startChild(releases);
    must(await releases.release(mail));
    await reached.promise;
    await eventually('the mail at the route', () => sink.mails.length === 1);
    await kill(child);
    await releases.eventStore.startAgain();
    expect(await releases.types(mail)).toEqual(['MailReleased']);
    await startChild(releases);
    await releases.settled(mail, 'MailDelivered');
    expect(sink.mails).toHaveLength(2);
    expect(await releases.types(mail)).toEqual(['MailReleased', 'MailDelivered']);
  });

  it('before it reaches the route delivers once', async () => {
    const releases = await open();
    let connections = 0;
    const sink = await route({ onConnect: () => ((connections += 1) === 1 ? 'stall' : undefined) });
    const mail = await releases.keep(await releases.makeDomain(sink));
    const child = await startChild(releases);
    must(await releases.release(mail));
    await eventually('the worker at the route', () => connections === 1);
    await kill(child);
    await releases.work();
    await releases.settled(mail, 'MailDelivered');
    expect(sink.mails).toHaveLength(1);
  });
});

describe('a worker that was away', () => {
  it('goes on from its checkpoint: what came meanwhile is delivered, what was delivered is not again', async () => {
    const releases = await open();
    const sink = await route();
    const domain = await releases.makeDomain(sink);
    const before = await releases.keep(domain);
    const first = await releases.work();
    must(await releases.release(before));
    await releases.settled(before, 'MailDelivered');
    await first[Symbol.asyncDispose]();
    const checkpoint = (await releases.owed.checkpoint()) ?? 0n;
    expect(checkpoint).toBeGreaterThan(0n);

    const meanwhile = await releases.keep(domain);
    must(await releases.release(meanwhile));
    await releases.work();
    await releases.settled(meanwhile, 'MailDelivered');
    expect(sink.mails).toHaveLength(2);
    expect(await releases.owed.checkpoint()).toBeGreaterThan(checkpoint);
  });

  it('fills a queue whose tables are gone', async () => {
    const releases = await open();
    const port = await freePort();
    const mail = await releases.keep(await releases.makeDomain({ host: '127.0.0.1', port }));
    const first = await releases.work({ retry: { ...quickly, backoffMs: 60_000, maxBackoffMs: 60_000 } });
    must(await releases.release(mail));
    await deferred(releases, mail);
    await first[Symbol.asyncDispose]();
    const client = new pg.Client({ connectionString: releases.settings['SLUICE_POSTGRES_URL'] });
    await client.connect();
    await client.query('drop schema bullmq cascade');
    await client.end();
    const sink = await route({ port });
    await releases.work();
    await releases.settled(mail, 'MailDelivered');
    expect(sink.mails).toHaveLength(1);
  });
});

describe('a release', () => {
  it('waits for a decision that is not in the read model yet', async () => {
    const releases = await open({ projecting: false });
    const sink = await route();
    const mail = await releases.keep(await releases.makeDomain(sink));
    await releases.work();
    must(await releases.release(mail));
    await eventually('a job that says so', async () =>
      (await releases.queues.list('redelivery', ['delayed', 'waiting', 'active'])).some((job) =>
        job.message?.includes('not in the read model yet'),
      ),
    );
    expect(sink.mails).toHaveLength(0);
    await releases.startProjecting();
    await releases.settled(mail, 'MailDelivered');
    expect(sink.mails).toHaveLength(1);
  });

  it('bounces when the last attempt is deferred, and can then be ordered again', async () => {
    const releases = await open();
    const sink = await route({ onRcpt: () => '450 4.2.1 not now' });
    const mail = await releases.keep(await releases.makeDomain(sink));
    await releases.work({ retry: { attempts: 3, backoffMs: 50, maxBackoffMs: 50 } });
    must(await releases.release(mail));
    await releases.settled(mail, 'MailBounced');
    expect(await releases.types(mail)).toEqual([
      'MailReleased',
      'MailDeliveryDeferred',
      'MailDeliveryDeferred',
      'MailBounced',
    ]);
    expect(must(await releases.release(mail)).position).toBeDefined();
  });

  it('is given up, and leaves nothing behind, where its key is destroyed', async () => {
    const releases = await open();
    const sink = await route({ onRcpt: () => '450 4.2.1 not now' });
    const erased = await releases.keep(await releases.makeDomain(sink));
    await releases.work();
    must(await releases.release(erased));
    await deferred(releases, erased);
    await releases.centre.keys.destroy(domainKeyId(erased.domain.domainId));
    await eventually('nothing owed', async () => (await releases.owedFor(erased)).length === 0);
    await eventually('a failed job that says why', async () =>
      (await releases.queues.list('redelivery', ['failed'])).some((job) => job.message?.includes('erased')),
    );
    expect(sink.mails).toHaveLength(0);
  });

  it('that no store will take holds nobody else up', async () => {
    const releases = await open();
    const sink = await route();
    const domain = await releases.makeDomain(sink);
    const [poison, good] = [await releases.keep(domain), await releases.keep(domain)];
    const releaseId = releases.centre.context.ports.ids.next();
    const event: MailEvent = { type: 'MailReleased', data: { releaseId, recipients: ['a\0@b.example'] } };
    const { metadata } = (await releases.decisionOf(poison)).recorded;
    const envelope = { id: releaseId, keyId: domainKeyId(domain.domainId), metadata };
    const encoded = must(await releases.centre.context.aggregates.mail.codec.encode(event, envelope));
    must(await releases.centre.store.append(mailStream(poison.mailId), [encoded], 'no-stream'));
    must(await releases.release(good));
    await releases.work();
    await releases.settled(good, 'MailDelivered');
    expect(sink.mails).toHaveLength(1);
  });
});

describe('what is owed', () => {
  it('is the same however often and late a change is applied', async () => {
    const { owed, centre } = await open({ projecting: false });
    const other = createOwedDeliveries(centre.postgres.db);
    const [mailId, releaseId, domainId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const row = { mailId, releaseId, recipient: 'a@example.org', domainId };
    const released = { add: [row], remove: [], checkpoint: 10n };
    await owed.apply(released);
    await owed.apply(released);
    expect(await owed.list()).toEqual([row]);
    await owed.apply({ add: [], remove: [row], checkpoint: 20n });
    // Another process that lags behind.
    await other.apply(released);
    await other.apply({ add: [], remove: [], checkpoint: 15n });
    expect(await owed.list()).toEqual([]);
    expect(await owed.checkpoint()).toBe(20n);
    await owed.apply({ add: [row], remove: [], checkpoint: 30n });
    await owed.forget(row);
    await owed.forget(row);
    expect(await owed.list()).toEqual([]);
  });
});
