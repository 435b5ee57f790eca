/** Packed or not: the log answers alike; a transaction that fails, an older file and a damaged block. */
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, StoreFileError } from './database.ts';
import type { EventLog } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import type { Direction, StoredEvent } from './requests.ts';

const enough = { events: 3, bytes: 4000 };
const longMs = 10_000;

describe('a log whose events are packed', () => {
  let folder: string;
  let database: DatabaseSync;
  let log: EventLog;
  const open = (): void => {
    database = openDatabase(join(folder, 'events.db'));
    log = createEventLog(database, enough);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-packing-'));
    open();
  });
  afterEach(() => {
    log.close();
    rmSync(folder, { recursive: true });
  });
  const append = (stream: string, size = 10, to = log): Uint8Array => {
    const id = randomBytes(16);
    const event = { id, type: 'T', isJson: true, data: randomBytes(size), metadata: randomBytes(size % 7) };
    to.transaction(() => to.append({ stream, expected: 'any', events: [event] }, size));
    return id;
  };
  const value = (sql: string): number => Number(Object.values(database.prepare(sql).get()!)[0]);

  const plain = ({ id, data, metadata, ...rest }: StoredEvent): unknown => ({
    ...rest,
    bytes: [id, data, metadata].map((part) => Buffer.from(part).toString('latin1')),
  });
  /** All that can be read, in both directions, from the ends and from the middle, with and without a limit. */
  function everything(of: EventLog): unknown {
    const last = of.lastPosition();
    const gather = (read: (visit: (event: StoredEvent) => boolean) => void, most = Infinity): unknown[] => {
      const events: unknown[] = [];
      read((event) => events.push(plain(event)) < most);
      return events;
    };
    const directions: Direction[] = ['forwards', 'backwards'];
    return directions.flatMap((direction) =>
      [-1, 0, Math.floor(last / 2), last - 1, last, last + 1].flatMap((from) =>
        [1, 2, 7, 1000].map((limit) => [
          gather((visit) => of.reads.all(from, { direction, limit }, visit)),
          gather((visit) => of.reads.all(from, { direction, limit }, visit), 2),
          of.reads.headers(from, { direction, limit }),
          [1, 2, 3, 9].map((stream) =>
            gather((visit) => of.reads.stream(stream, Math.max(0, from % 20), { direction, limit }, visit)),
          ),
          gather((visit) => void (of.reads.at(from) && visit(of.reads.at(from)!))),
          of.reads.newestIds(limit).map(({ id, position }) => [Buffer.from(id).toString('hex'), position]),
        ]),
      ),
    );
  }

  it('answers as it did before, whatever was packed when', () => {
    const steps = fc.array(
      fc.record({
        stream: fc.constantFrom('a', 'b', '$$a'),
        size: fc.nat({ max: 2500 }),
        pack: fc.boolean(),
      }),
      { minLength: 5, maxLength: 60 },
    );
    let round = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const files = [0, 1].map((number) => join(folder, `${(round += 1)}-${number}.db`));
        const [packed, rows] = files.map((file) => createEventLog(openDatabase(file), enough));
        for (const { stream, size, pack } of list) {
          const [event] = [
            {
              id: randomBytes(16),
              type: 'T',
              isJson: true,
              data: randomBytes(size),
              metadata: randomBytes(3),
            },
          ];
          for (const one of [packed!, rows!]) {
            one.transaction(() => one.append({ stream, expected: 'any', events: [event] }, size));
          }
          if (pack) packed!.pack(0);
        }
        expect(everything(packed!)).toEqual(everything(rows!));
        packed!.close();
        const again = createEventLog(openDatabase(files[0]!), enough);
        expect(everything(again)).toEqual(everything(rows!));
        again.close();
        rows!.close();
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('is as it was when the packing fails, and durable again', () => {
    for (let number = 0; number < 20; number += 1) append(`stream-${number % 3}`);
    const before = everything(log);
    database.exec("CREATE TRIGGER broken BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'no'); END");
    expect(() => log.pack(longMs)).toThrow('no');
    expect(value('PRAGMA synchronous')).toBe(2);
    expect(everything(log)).toEqual(before);
    database.exec('DROP TRIGGER broken');
    expect(log.pack(longMs)).toBe(false);
    expect(value('PRAGMA synchronous')).toBe(2);
    expect(value('SELECT count(*) FROM blocks')).toBeGreaterThan(0);
    expect(value('SELECT count(*) FROM events')).toBeLessThan(4);
    expect(everything(log)).toEqual(before);
    append('stream-0');
    log.close();
    open();
    expect(log.streams.find('stream-0')?.lastRevision).toBe(7);
  });

  it('knows a repeated append whose first answer lies in a block', () => {
    const ids = Array.from({ length: 10 }, () => append('repeated'));
    log.pack(longMs);
    log.close();
    open();
    const event = { id: ids[2]!, type: 'T', isJson: true, data: randomBytes(1), metadata: randomBytes(0) };
    const repeat = (): unknown =>
      log.transaction(() => log.append({ stream: 'repeated', expected: 'any', events: [event] }, 1));
    expect(repeat()).toMatchObject({ kind: 'appended', revision: 2 });
    expect(log.streams.find('repeated')?.lastRevision).toBe(9);
  });

  it('gives back the pages that became free', () => {
    for (let number = 0; number < 400; number += 1) append('large', 5000);
    const pages = value('PRAGMA page_count');
    expect(log.pack(longMs)).toBe(false);
    while (log.giveBack()) continue;
    const free = value('PRAGMA freelist_count');
    expect(free).toBeLessThan(24);
    expect(value('PRAGMA page_count')).toBeLessThan(pages);
    expect(Object.values(database.prepare('PRAGMA integrity_check').get()!)).toEqual(['ok']);
  });

  it('is opened and packed though it was written before there were blocks', () => {
    for (let number = 0; number < 20; number += 1) append(`stream-${number % 3}`);
    const before = everything(log);
    database.exec('DROP TABLE blocks; PRAGMA user_version = 1');
    log.close();
    open();
    expect(value('PRAGMA user_version')).toBe(2);
    expect(everything(log)).toEqual(before);
    expect(log.pack(longMs)).toBe(false);
    expect(everything(log)).toEqual(before);
  });

  it('says which block is damaged, and gives all others', () => {
    for (let number = 0; number < 30; number += 1) {
      append('damaged', 1500);
      log.pack(0);
    }
    const blocks = value('SELECT count(*) FROM blocks');
    expect(blocks).toBeGreaterThan(2);
    const first = value('SELECT first FROM blocks ORDER BY first LIMIT 1 OFFSET 1');
    const end = value('SELECT last FROM blocks ORDER BY first LIMIT 1 OFFSET 1');
    for (const column of ['content', 'heads']) {
      database.exec(`UPDATE blocks SET ${column} = zeroblob(length(${column})) WHERE first = ${first}`);
      log.close();
      open();
      const read = (from: number): number => {
        let count = 0;
        log.reads.all(from, { direction: 'forwards', limit: 100 }, () => (count += 1) > 0);
        return count;
      };
      expect(() => read(-1)).toThrow(StoreFileError);
      expect(() => read(-1)).toThrow(`block of events from position ${first} on is damaged`);
      expect(read(end)).toBeGreaterThan(0);
      append('damaged');
    }
  });
});
