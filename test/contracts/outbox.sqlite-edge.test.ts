/** The outbox contract over SQLite, and what SQLite adds: one owner, private files, bounded growth. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeFileError, openOutbox } from '@sluice/sqlite-edge';
import { outboxContract } from './outbox.contract.ts';
import { testEvent, testMail } from './support/edge-mail.ts';
import { eventually } from './support/eventually.ts';

outboxContract(() => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-outbox-'));
  const file = join(folder, 'outbox.sqlite');
  return {
    open: () => openOutbox({ file, edge: 'mx1' }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe('outbox file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-outbox-'));
    file = join(folder, 'outbox.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('belongs to one owner at a time', async () => {
    const outbox = openOutbox({ file, edge: 'mx1' });
    expect(() => openOutbox({ file, edge: 'mx1' })).toThrow(EdgeFileError);
    await outbox.put(testMail(1));
    await outbox.close();
    const next = openOutbox({ file, edge: 'mx1' });
    expect(next.status().undelivered).toBe(1);
    await next.close();
  });

  it('is readable by its owner alone', async () => {
    const outbox = openOutbox({ file, edge: 'mx1' });
    await outbox.put(testMail(1));
    const modes = ['', '-wal', '-shm', '.lock'].map((suffix) => statSync(`${file}${suffix}`).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600]);
    await outbox.close();
  });

  it('is refused with a reason where it is no outbox', () => {
    writeFileSync(file, 'not a database, but long enough to be taken for one'.repeat(20));
    expect(() => openOutbox({ file, edge: 'mx1' })).toThrow(/no SQLite file/);
  });

  it('gives back the room that a jam of mails has taken, once it is quiet', async () => {
    const outbox = openOutbox({ file, edge: 'mx1' });
    for (const n of [1, 2, 3]) {
      await outbox.put(testMail(n, { raw: Buffer.alloc(20_000_000, n), deliverTo: [], archive: true }));
    }
    expect(outbox.status().bytes).toBeGreaterThan(60_000_000);
    const shipments = outbox.shipments({ items: 10, maxBytes: 100_000_000 });
    await outbox.markShipped(shipments.map(({ seq }) => seq));
    await eventually('the file is small', () => outbox.status().bytes < 20_000_000);
    await outbox.close();
  });

  it('stays small while 10,000 mails flow through it', { timeout: 60_000 }, async () => {
    const outbox = openOutbox({ file, edge: 'mx1' });
    const raw = Buffer.alloc(4_096, 'x');
    for (let round = 0; round < 100; round++) {
      const mails = Array.from({ length: 100 }, (_, n) =>
        testMail(round * 100 + n, { raw, archive: n % 4 === 0 }),
      );
      await Promise.all(mails.map((mail) => outbox.put(mail)));
      const due = outbox.dueDeliveries(mails[0]!.receivedAt, 100);
      await Promise.all(
        due.map(({ mailId, recipients }) =>
          outbox.recordProgress({
            mailId,
            delivered: recipients,
            failed: [],
            retry: undefined,
            events: [testEvent('MailDelivered', mailId)],
          }),
        ),
      );
      const shipments = outbox.shipments({ items: 1_000, maxBytes: 64 * 1024 * 1024 });
      expect(shipments).toHaveLength(200);
      await outbox.markShipped(shipments.map(({ seq }) => seq));
    }
    expect(outbox.status()).toMatchObject({ undelivered: 0, unshipped: 0, oldestUnshipped: undefined });
    expect(outbox.status().bytes).toBeLessThan(4 * 1024 * 1024);
    expect(statSync(`${file}-wal`).size).toBeLessThan(64 * 1024 * 1024);
    await outbox.close();
    expect(statSync(file).size).toBeLessThan(4 * 1024 * 1024);
  });
});
