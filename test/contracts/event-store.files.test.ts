/** Files that cannot be used: the commands of the event store name the file that they were given and what is wrong with it. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { openBackupFile } from '@sluice/embedded-eventstore';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEventStore } from './support/eventstore.ts';
import { storedEvents } from './support/stored-events.ts';

const sluice = fileURLToPath(new URL('../../apps/cli/bin/sluice.mjs', import.meta.url));

describe('the commands of the event store and files', () => {
  let folder: string;
  let backup: string;
  let data: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-files-'));
    [backup, data] = [join(folder, 'backup.db'), join(folder, 'data')];
    const store = await startTestEventStore();
    const client = EventStoreDBClient.connectionString(store.url);
    const events = Array.from({ length: 900 }, (_, n) =>
      jsonEvent({ type: 'ThingTested', data: { n, text: `${n * 7919}`.repeat(20) } }),
    );
    await client.appendToStream('things', events);
    await client.dispose();
    await store.stop();
    await mkdir(join(data, 'eventstore'), { recursive: true });
    await copyFile(store.file, join(data, 'eventstore', 'events.db'));
    await store.dispose();
    expect(await run(data, ['backup', backup])).toMatchObject({ code: 0 });
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (
    dataDir: string,
    args: readonly string[],
  ): Promise<{ code: number; out: string; error: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', SLUICE_DATA_DIR: dataDir };
      execFile(process.execPath, [sluice, 'eventstore', ...args], { env }, (failure, out, error) =>
        resolve({ code: failure === null ? 0 : Number(failure.code ?? -1), out, error }),
      );
    });
  const refused = (words: string) => ({ code: 1, error: expect.stringContaining(words) });
  /** Into a folder of its own; what is left there when it is refused is the second. */
  async function restore(file: string): Promise<{ result: Awaited<ReturnType<typeof run>>; left: string[] }> {
    const to = await mkdtemp(join(folder, 'restored-'));
    const result = await run(to, ['restore', file]);
    return { result, left: await readdir(join(to, 'eventstore')).catch(() => []) };
  }

  it('a backup is for its owner alone', async () => {
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
  });

  it('all but the newest event of a backup lie where damage is seen, however few there are', async () => {
    const database = new DatabaseSync(backup, { readOnly: true });
    const { rows } = database.prepare('SELECT count(*) AS rows FROM events').get() ?? {};
    database.close();
    expect(rows).toBe(1);
  });

  it('a backup that is damaged is refused by its name, and nothing of it is left', async () => {
    const damaged = join(folder, 'damaged.db');
    const bytes = await readFile(backup);
    // Pages in the middle: blocks, or what leads to them.
    bytes.fill(0xa5, 5 * 8192, 8 * 8192);
    await writeFile(damaged, bytes);
    const { result, left } = await restore(damaged);
    expect(result).toEqual({ ...refused('damaged'), out: '' });
    expect(result.error).not.toContain('.restoring');
    expect(left).toEqual([]);
  }, 60_000);

  it('a backup that was cut off is damaged, and an empty one is none', async () => {
    const cut = join(folder, 'cut.db');
    await copyFile(backup, cut);
    await truncate(cut, 6 * 8192 + 100);
    const { result, left } = await restore(cut);
    expect(result).toMatchObject(refused(`${cut} is damaged`));
    expect(left).toEqual([]);
    await truncate(cut, 0);
    expect((await restore(cut)).result).toMatchObject(refused('is not a backup'));
  }, 60_000);

  it('what a killed backup had written beside its file is restored, too', async () => {
    const killed = join(folder, 'killed.db');
    {
      using file = openBackupFile(killed);
      const id = '00000000-0000-4000-8000-000000000001';
      const event = { id, stream: 'one', revision: 0n, position: 0n, type: 'T', isJson: true, created: 1 };
      file.add([{ ...event, data: Buffer.from('{}'), metadata: Buffer.alloc(0) }]);
      await copyFile(killed, `${killed}.then`);
      await copyFile(`${killed}-wal`, `${killed}.then-wal`);
    }
    const to = join(folder, 'after-kill');
    expect(await run(to, ['restore', `${killed}.then`])).toMatchObject({ code: 0 });
    expect(await storedEvents(join(to, 'eventstore', 'events.db'))).toHaveLength(1);
  }, 60_000);

  it('the file that cannot be a backup is named, not the store that is read', async () => {
    const note = join(folder, 'note.txt');
    await writeFile(note, 'this is no database'.repeat(100));
    expect(await run(data, ['backup', note])).toMatchObject(refused(`${note} is not an event store`));
    const nowhere = join(folder, 'nowhere', 'backup.db');
    expect(await run(data, ['backup', nowhere])).toMatchObject(refused(`${nowhere} cannot be used`));
  }, 60_000);

  it('a store whose file is damaged is named as that', async () => {
    const broken = join(folder, 'broken');
    await mkdir(join(broken, 'eventstore'), { recursive: true });
    const file = join(broken, 'eventstore', 'events.db');
    await copyFile(backup, file);
    await truncate(file, 6 * 8192);
    expect(await run(broken, ['verify'])).toMatchObject(refused(`${file} is damaged`));
  }, 60_000);
});
