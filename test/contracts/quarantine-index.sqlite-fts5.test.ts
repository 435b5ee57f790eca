/** The QuarantineIndex contract on SQLite, and that its writer may be killed at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { quarantineIndexContract } from './quarantine-index.contract.ts';
import { document, mailOf } from './quarantine-index.documents.ts';

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'sluice-quarantine-'));

quarantineIndexContract('SQLite FTS5', async () => {
  const folder = await newFolder();
  return { indexes: openQuarantineIndexes(folder), dispose: () => rm(folder, { recursive: true }) };
});

quarantineIndexContract('SQLite FTS5, of very small buckets', async () => {
  const folder = await newFolder();
  return {
    indexes: openQuarantineIndexes(folder, { mailsPerBucket: 3 }),
    dispose: () => rm(folder, { recursive: true }),
  };
});

describe('quarantine index in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(async () => rm(folder, { recursive: true }));

  /** Kills a writer after it has written some more mails; its last words. */
  async function writeAndKill(from: number, changes: number): Promise<number> {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'quarantine-index.writer.child.ts'), folder, String(from)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let last = from - 1;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (last === from + changes) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return last;
  }

  it('has checkpoint and documents in step after its writer was killed', async () => {
    const indexes = openQuarantineIndexes(folder);
    const reader = await indexes.openReader();
    let from = 0;
    for (const changes of [0, 3, 17, 40, 90]) {
      const said = await writeAndKill(from, changes);
      const checkpoint = Number(await reader.checkpoint());
      expect(checkpoint).toBeGreaterThanOrEqual(said);
      const { items } = await reader.search(operatorScope(), { limit: 200 });
      const expected = Array.from({ length: checkpoint + 1 }, (_, n) => mailOf(checkpoint - n));
      expect(items.map(({ mailId }) => mailId)).toEqual(
        [mailOf(1_000_000 + checkpoint), ...expected].slice(0, 200),
      );
      expect(await reader.count(operatorScope(), { text: 'again' }, 1000)).toBe(checkpoint);
      expect(await reader.count(operatorScope(), { text: 'last' }, 1000)).toBe(1);
      from = checkpoint + 1;
    }
    await reader.close();
    await expectSound();
  });

  /** Of the whole file, the full-text index in particular. */
  async function expectSound(): Promise<void> {
    const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.db'));
    const database = new DatabaseSync(join(folder, file));
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.exec(`INSERT INTO search (search) VALUES ('integrity-check')`);
    database.close();
  }

  it('begins anew where another version has written it, and is empty until then', async () => {
    const indexes = openQuarantineIndexes(folder);
    const old = await indexes.openWriter();
    await old.write({ upsert: [document(1)], remove: [], checkpoint: '7' });
    await old.close();
    const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.db'));
    const database = new DatabaseSync(join(folder, file));
    database.exec('PRAGMA user_version = 1');
    database.close();
    const reader = await indexes.openReader();
    expect(await reader.search(operatorScope(), { text: 'subject' })).toEqual({ items: [] });
    expect(await reader.checkpoint()).toBeUndefined();
    const writer = await indexes.openWriter();
    expect(await writer.checkpoint()).toBeUndefined();
    await writer.write({ upsert: [document(2)], remove: [], checkpoint: '8' });
    expect((await reader.search(operatorScope(), {})).items.map(({ mailId }) => mailId)).toEqual([mailOf(2)]);
    await Promise.all([reader.close(), writer.close()]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.db'))).toHaveLength(1);
  });

  it('keeps one file, whatever was rebuilt, left or abandoned', async () => {
    const indexes = openQuarantineIndexes(folder);
    const writer = await indexes.openWriter();
    await writer.write({ upsert: [document(1)], remove: [], checkpoint: '1' });
    const left = await indexes.startRebuild();
    await left.writer.write({ upsert: [document(1)], remove: [], checkpoint: '1' });
    await left.writer.close();
    await (await indexes.startRebuild()).swap();
    await (await indexes.startRebuild()).abandon();
    await writer.close();
    const files = await readdir(folder);
    expect(files.filter((name) => name.endsWith('.db'))).toHaveLength(1);
    expect(files.filter((name) => name.startsWith('current'))).toEqual(['current']);
  });

  it('looks far enough for mails that came too many at once for their times', async () => {
    const indexes = openQuarantineIndexes(folder);
    const writer = await indexes.openWriter();
    const burst = Array.from({ length: 500 }, (_, n) => document(n, { receivedAt: document(5).receivedAt }));
    await writer.write({
      upsert: [...burst, document(900, { receivedAt: document(6).receivedAt })],
      remove: [],
      checkpoint: '1',
    });
    const reader = await indexes.openReader();
    const range = { since: document(5).receivedAt, until: document(6).receivedAt };
    expect(await reader.count(operatorScope(), range, 1000)).toBe(500);
    expect(await reader.count(operatorScope(), { since: range.until }, 1000)).toBe(1);
    expect((await reader.search(operatorScope(), {})).items[0]!.mailId).toBe(mailOf(900));
    await Promise.all([reader.close(), writer.close()]);
  });
});
