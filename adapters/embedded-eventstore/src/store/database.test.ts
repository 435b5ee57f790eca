/** The file of the event store: durable, for one process, and found whole after whatever was not closed. */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';

describe('the database', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-database-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is synced at every commit, into a log of the full length', () => {
    const file = join(folder, 'events.db');
    const database = openDatabase(file);
    const value = (pragma: string): unknown => Object.values(database.prepare(`PRAGMA ${pragma}`).get()!)[0];
    expect(value('journal_mode')).toBe('wal');
    expect(value('synchronous')).toBe(2);
    expect(value('locking_mode')).toBe('exclusive');
    const length = statSync(`${file}-wal`).size;
    expect(length).toBeGreaterThan(8_000_000);
    database.exec("INSERT INTO streams (name) VALUES ('a')");
    expect(statSync(`${file}-wal`).size).toBe(length);
    database.close();
  });

  it('opens with all that was committed, though the log was never closed', () => {
    const file = join(folder, 'events.db');
    const database = openDatabase(file);
    for (let number = 0; number < 100; number += 1) {
      database.exec(`INSERT INTO streams (name) VALUES ('stream-${number}')`);
    }
    // What a crash would leave.
    const crashed = join(folder, 'crashed.db');
    copyFileSync(file, crashed);
    copyFileSync(`${file}-wal`, `${crashed}-wal`);
    database.close();
    for (let round = 0; round < 2; round += 1) {
      const reopened = openDatabase(crashed);
      expect(reopened.prepare('SELECT count(*) AS count FROM streams').get()!['count']).toBe(100);
      expect(Object.values(reopened.prepare('PRAGMA integrity_check').get()!)).toEqual(['ok']);
      reopened.close();
    }
  });
});
