/** The edge goes on while everything behind it is away, and loses nothing: what it took arrives once, what it refused is found. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../contracts/support/eventually.ts';
import { sendMail } from '../support/smtp-client.ts';
import { removeDataDir, startInstance, type TestInstance } from './support/instance.ts';

let instance: TestInstance;

beforeAll(async () => {
  instance = await startInstance();
});
afterAll(async () => {
  await instance.stop();
  await removeDataDir(instance.dataDir);
});

/** Processes of the instance that run one of the roles. */
function processesWith(role: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const roles =
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('role-process.ts\0')[1]?.split('\0') ?? [];
        return (
          roles.includes(role) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(instance.dataDir)
        );
      } catch {
        return false;
      }
    });
}

const signal = (role: string, name: NodeJS.Signals): void => {
  for (const pid of processesWith(role)) process.kill(pid, name);
};

const send = (from: string, subject: string) =>
  sendMail({
    port: instance.ports.smtp,
    from,
    to: ['you@demo.test'],
    raw: Buffer.from(`From: <${from}>\r\nTo: you@demo.test\r\nSubject: ${subject}\r\n\r\ntext\r\n`),
  });

async function inboxSubjects(): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${instance.ports.inboxHttp}/mails.json`);
  const { items } = (await response.json()) as { items: { subject: string }[] };
  return items.map((mail) => mail.subject);
}

const count = 20;
const numbers = Array.from({ length: count }, (_, index) => index);

describe('while the centre is away', () => {
  it('mail flows, and everything arrives once when it is back', async () => {
    // Stopped, not killed: nobody answers and nobody refuses, which is the worse of the two.
    for (const role of ['intake', 'eventstore']) signal(role, 'SIGSTOP');
    try {
      const sent = await Promise.all(
        numbers.flatMap((n) => [
          send('friend@good.example', `good ${n}`),
          send('offer@spam.example', `bad ${n}`),
        ]),
      );
      expect(sent.filter(({ final }) => final.code === 250)).toHaveLength(count);
      expect(sent.filter(({ final }) => final.code === 550)).toHaveLength(count);
      await eventually(
        'all good mails are delivered',
        async () => (await inboxSubjects()).length === count,
        30_000,
      );
    } finally {
      for (const role of ['eventstore', 'intake']) signal(role, 'SIGCONT');
    }
    await eventually(
      'all refused mails are found',
      async () => {
        const found = await instance.sluice('quarantine', 'search', 'bad', '--limit', '200', '--json');
        return found.status === 0 && found.json<{ items: object[] }>().items.length === count;
      },
      60_000,
    );
    expect((await inboxSubjects()).toSorted()).toEqual(numbers.map((n) => `good ${n}`).toSorted());
  });

  it('kill -9 of every process of the centre at once loses nothing', async () => {
    for (const role of ['intake', 'eventstore', 'api']) signal(role, 'SIGKILL');
    const sent = await Promise.all(numbers.map((n) => send('offer@spam.example', `worse ${n}`)));
    expect(sent.map(({ final }) => final.code)).toEqual(numbers.map(() => 550));
    await eventually(
      'all refused mails are found',
      async () => {
        const found = await instance.sluice('quarantine', 'search', 'worse', '--limit', '200', '--json');
        return found.status === 0 && found.json<{ items: object[] }>().items.length === count;
      },
      90_000,
    );
  });
});
