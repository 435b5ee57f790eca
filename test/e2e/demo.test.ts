/** The main job as a newcomer does it: start, send, find, understand, release. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRouter } from '@sluice/api/router';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { removeDataDir, startInstance, type TestInstance } from './support/instance.ts';

interface Items<T = Record<string, unknown>> {
  readonly items: readonly T[];
}
interface Hit {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
}
interface InboxItem {
  readonly id: string;
  readonly subject: string;
  readonly recipients: readonly string[];
}

const mail = (subject: string, from: string): Buffer =>
  Buffer.from(
    [
      `From: Somebody <${from}>`,
      'To: you@demo.test',
      `Subject: ${subject}`,
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${subject.replaceAll(' ', '.')}@${from.split('@')[1]}>`,
      '',
      'A line.',
      '.a line that begins with a dot',
      '',
    ].join('\r\n'),
  );

let instance: TestInstance;
const inbox = async (): Promise<readonly InboxItem[]> => {
  const response = await fetch(`http://127.0.0.1:${instance.ports.inboxHttp}/mails.json`);
  return ((await response.json()) as Items<InboxItem>).items;
};
const search = async (...query: readonly string[]): Promise<readonly Hit[]> =>
  (await instance.sluice('quarantine', 'search', ...query, '--json')).json<Items<Hit>>().items;

/** A subscription's answer has begun before it fails: the status stands in its only event. */
async function toldStatus(response: Response): Promise<number> {
  if (response.headers.get('content-type') !== 'text/event-stream') return response.status;
  const [, status] =
    /^event: serialized-error\ndata: .*"httpStatus":(\d+)/m.exec(await response.text()) ?? [];
  return Number(status);
}

beforeAll(async () => {
  instance = await startInstance();
});
afterAll(async () => {
  await instance?.stop();
  await removeDataDir(instance.dataDir);
});

describe('the demo', () => {
  const refusedRaw = mail('Win a prize', 'offer@spam.example');
  let refusedId = '';

  it('prints how to try it', () => {
    expect(instance.output()).toContain('swaks --server 127.0.0.1');
    expect(instance.output()).toContain('npx sluice quarantine search');
  });

  it('says in its status that every part is ready', async () => {
    const response = await fetch(`http://127.0.0.1:${instance.ports.api}/status`);
    const status = (await response.json()) as { ready: boolean; parts: object };
    expect(status, JSON.stringify(status)).toMatchObject({ ready: true });
    expect(Object.keys(status.parts)).toEqual(
      expect.arrayContaining(['eventstore', 'postgres', 'queue', 'intake', 'mx']),
    );
  });

  it('accepts a good mail with an enhanced code and its id, and delivers it to the inbox', async () => {
    const raw = mail('Hello there', 'friend@good.example');
    const { final } = await sendMail({
      port: instance.ports.smtp,
      from: 'friend@good.example',
      to: ['you@demo.test'],
      raw,
    });
    expect(final.code).toBe(250);
    expect(final.text).toMatch(/^2\.0\.0 .*[0-9a-f]{8}-[0-9a-f]{4}-7/);
    const delivered = await eventually(
      'the mail is in the inbox',
      async () => (await inbox()).find((one) => one.subject === 'Hello there'),
      5_000,
    );
    expect(delivered.recipients).toEqual(['you@demo.test']);
  });

  it('refuses a bad mail with an enhanced code and its id, and keeps it where it is found within 5 s', async () => {
    const { final } = await sendMail({
      port: instance.ports.smtp,
      from: 'offer@spam.example',
      to: ['you@demo.test'],
      raw: refusedRaw,
    });
    expect(final.code).toBe(550);
    refusedId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(final.text)?.[0] ?? '';
    expect(final.text).toMatch(/^5\.7\.1 /);
    const hit = await eventually('the mail is found', async () => (await search('prize'))[0], 5_000);
    expect(hit).toMatchObject({ id: refusedId, subject: 'Win a prize', reason: 'sender-listed' });
  });

  it('gives back the bytes that were sent', async () => {
    const { status, stdout } = await instance.sluice('mail', 'raw', refusedId);
    expect(status).toBe(0);
    expect(stdout.equals(refusedRaw)).toBe(true);
  });

  it('explains every check that ran, and which entry decided', async () => {
    const shown = (await instance.sluice('mail', 'show', refusedId, '--json')).json<{
      verdict: string;
      agrees: boolean;
      ran: string[];
      reply: string;
      recipients: { sentence: string; findings: { check: string; sentence: string; decisive?: boolean }[] }[];
    }>();
    expect(shown).toMatchObject({ verdict: 'reject', agrees: true });
    expect(shown.reply).toContain(refusedId);
    const [recipient] = shown.recipients;
    expect(recipient?.sentence).toBe("Refused: The sender is on the domain's block list (spam.example).");
    expect(recipient?.findings.map((finding) => finding.check)).toEqual(shown.ran);
    for (const { sentence } of recipient?.findings ?? []) expect(sentence).toMatch(/\S.*\.$/);
    const text = (await instance.sluice('mail', 'show', refusedId)).stdout.toString();
    expect(text).toContain("The sender is on the domain's block list (spam.example).");
  });

  it('releases it once, however often it is asked to', async () => {
    const first = (await instance.sluice('mail', 'release', refusedId, '--json')).json<
      Items<{ released: boolean }>
    >();
    const second = (await instance.sluice('mail', 'release', refusedId, '--json')).json<
      Items<{ released: boolean }>
    >();
    expect([first.items[0]?.released, second.items[0]?.released]).toEqual([true, false]);
    await eventually(
      'the released mail is in the inbox',
      async () => (await inbox()).some((one) => one.subject === 'Win a prize'),
      10_000,
    );
    await eventually('the delivery is on the timeline', async () => {
      const shown = (await instance.sluice('mail', 'show', refusedId, '--json')).json<{
        timeline: { type: string }[];
      }>();
      return shown.timeline.some((entry) => entry.type === 'MailDelivered');
    });
    await instance.sluice('mail', 'release', refusedId);
    expect((await inbox()).filter((one) => one.subject === 'Win a prize')).toHaveLength(1);
  });

  it('answers no procedure without the token, nor with a wrong one', async () => {
    const paths = Object.keys(appRouter._def.procedures);
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
        const url = `http://127.0.0.1:${instance.ports.api}/trpc/${path}`;
        const [asked, ordered] = await Promise.all([
          fetch(url, { headers }),
          fetch(url, {
            method: 'POST',
            headers: { ...headers, 'content-type': 'application/json' },
            body: '{}',
          }),
        ]);
        // A query answers GET with 401 and POST with 405, a mutation the other way round.
        const statuses = [await toldStatus(asked), await toldStatus(ordered)];
        expect(new Set(statuses), path).toEqual(new Set([401, 405]));
      }
    }
    expect((await fetch(`http://127.0.0.1:${instance.ports.api}/mails/${refusedId}/raw`)).status).toBe(401);
  });

  it('takes mail for no other domain', async () => {
    const raw = mail('Relay', 'friend@good.example');
    const { final } = await sendMail({
      port: instance.ports.smtp,
      from: 'friend@good.example',
      to: ['x@elsewhere.example'],
      raw,
    });
    expect(final).toMatchObject({ code: 550 });
    expect(final.text).toMatch(/^5\.7\.1 /);
  });

  it('tries its route out without sending anything, and says which host would take no mail', async () => {
    const before = (await inbox()).length;
    const tested = await instance.sluice('domain', 'route', 'demo.test', '--test', '--json');
    expect(tested.status).toBe(0);
    expect(tested.json()).toMatchObject({
      items: [
        { ok: true, steps: ['resolve', 'connect', 'greeting', 'tls', 'recipient'].map((name) => ({ name })) },
      ],
    });
    const nobody = await instance.sluice('domain', 'route', 'demo.test', 'smtp://127.0.0.1:9', '--test');
    expect([nobody.status, nobody.stderr]).toEqual([1, expect.stringContaining('smtp://127.0.0.1:9')]);
    expect(nobody.stdout.toString()).toContain('nothing listens there');
    expect((await inbox()).length).toBe(before);
  });

  it('lets a setting take effect at the edge within seconds', async () => {
    const raw = mail('From a listed server', 'friend@other.example');
    const blocked = await instance.sluice('domain', 'block', 'demo.test', 'other.example', '--json');
    expect(blocked.status).toBe(0);
    await eventually('the new entry is in force', async () => {
      const { final } = await sendMail({
        port: instance.ports.smtp,
        from: 'friend@other.example',
        to: ['you@demo.test'],
        raw,
      });
      return final.code === 550;
    });
    const history = (await instance.sluice('domain', 'history', 'demo.test', '--json')).json<
      Items<{ type: string }>
    >();
    expect(history.items.at(-1)?.type).toBe('ListEntryAdded');
  });
});
