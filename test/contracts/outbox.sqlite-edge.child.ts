/**
 * A process that puts mails into an outbox as fast as 20 sessions can, delivers and ships some, and waits to be killed:
 * `FILE FIRST_NUMBER`. Says on stdout `put N` for every put that was acknowledged, `no N` for one that was not, and
 * `delivered N`, `shipped SEQ` before it forgets them.
 */
import { openOutbox } from '@sluice/sqlite-edge';
import { testEvent, testMail } from './support/edge-mail.ts';

const [file = '', first = '0'] = process.argv.slice(2);
const outbox = openOutbox({ file, edge: 'mx1' });
let number = Number(first);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function session(): Promise<void> {
  for (;;) {
    const mine = number++;
    const domain = `01930000-0000-7000-8000-0000000000d${mine % 3}`;
    const raw = Buffer.alloc(2_000 + (mine % 7) * 3_000, `${mine} `);
    await outbox.put(testMail(mine, { domainId: domain, raw, archive: mine % 2 === 0 })).then(
      () => say(`put ${mine}`),
      () => say(`no ${mine}`),
    );
  }
}

async function deliver(): Promise<void> {
  for (;;) {
    for (const { mailId, recipients } of outbox.dueDeliveries('2026-11-22T10:00:00.000Z', 5)) {
      say(`delivered ${Number.parseInt(mailId.slice(24), 16)}`);
      const events = [testEvent('MailDelivered', mailId)];
      await outbox
        .recordProgress({ mailId, delivered: recipients, failed: [], retry: undefined, events })
        .catch(() => undefined);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all([deliver(), ...Array.from({ length: 20 }, session)]);
