/** The index of the streams answers alike, whether entries are in memory, in the file, or in both, and after any interruption. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import type { StreamIndex } from './stream-index.ts';
import { openStreamIndex } from './stream-index.ts';

describe('the index of streams', () => {
  let folder: string;
  let database: DatabaseSync;
  let index: StreamIndex;
  let next: number;
  const revisions = new Map<number, number>();
  const positions = new Map<number, number[]>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-index-'));
    database = openDatabase(join(folder, 'events.db'));
    index = openStreamIndex(database);
    next = 0;
    revisions.clear();
    positions.clear();
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  /** Appends to streams 0, 1 and 2 in turn, with gaps between the positions. */
  function append(count: number): void {
    const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, 1, 0, ?, ?, ?)');
    const nothing = Buffer.alloc(0);
    database.exec('BEGIN');
    for (let number = 0; number < count; number += 1) {
      const stream = number % 3;
      const revision = (revisions.get(stream) ?? -1) + 1;
      next += 7;
      insert.run(next, stream, revision, nothing, nothing, nothing);
      index.add(stream, revision, next);
      revisions.set(stream, revision);
      positions.set(stream, [...(positions.get(stream) ?? []), next]);
    }
    index.writeIfDue();
    database.exec('COMMIT');
  }

  function expectComplete(): void {
    for (const stream of [0, 1, 2]) {
      const all = positions.get(stream) ?? [];
      expect(index.lastRevision(stream)).toBe(all.length - 1);
      for (const from of [0, 1, Math.floor(all.length / 2), all.length - 2, all.length - 1, all.length]) {
        for (const limit of [1, 3, 5000]) {
          const at = Math.max(from, 0);
          expect(index.positions(stream, at, { direction: 'forwards', limit })).toEqual(
            all.slice(at, at + limit),
          );
          expect(index.positions(stream, at, { direction: 'backwards', limit })).toEqual(
            all
              .slice(0, at + 1)
              .toReversed()
              .slice(0, limit),
          );
        }
      }
    }
    expect(index.positions(9, 0, { direction: 'forwards', limit: 10 })).toEqual([]);
    expect(index.lastRevision(9)).toBe(-1);
  }
  const written = (): number =>
    Number(database.prepare('SELECT count(*) AS count FROM stream_events').get()!['count']);

  it('answers from memory, from the file, and from both', () => {
    append(30);
    expect(written()).toBe(0);
    expectComplete();
    append(2100);
    expect(written()).toBe(2130);
    expectComplete();
    append(20);
    expect(written()).toBe(2130);
    expectComplete();
  });

  it('is complete when it is opened again', () => {
    append(2100);
    append(40);
    index = openStreamIndex(database);
    expectComplete();
    append(10);
    expectComplete();
  });

  it('forgets what was rolled back', () => {
    append(2100);
    append(5);
    database.exec('BEGIN');
    index.add(0, 5000, next + 7);
    database.exec('ROLLBACK');
    index.reload();
    expectComplete();
  });
});
