/** Deleted, limited and tombstoned streams after the file was closed, and after a transaction that failed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import type { EventLog } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import type { AppendOutcome, AppendRequest } from './requests.ts';
import { deletedMetadata, parseSettings, recreatedMetadata } from './stream-settings.ts';

describe('streams that end', () => {
  let folder: string;
  let log: EventLog;
  const open = (): EventLog => createEventLog(openDatabase(join(folder, 'events.db')));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-ends-'));
    log = open();
  });
  afterEach(() => {
    log.close();
    rmSync(folder, { recursive: true });
  });
  const request = (stream: string, data = '{}', type = 'Tested'): AppendRequest => ({
    stream,
    expected: 'any',
    events: [
      { id: randomBytes(16), type, isJson: true, data: Buffer.from(data), metadata: new Uint8Array(0) },
    ],
  });
  const append = (one: AppendRequest): AppendOutcome => log.transaction(() => log.append(one, 1));
  const end = (stream: string, how: 'delete' | 'tombstone'): AppendOutcome =>
    append({ stream, expected: 'any', events: [], end: how });

  it('are as they were when the file is opened again', () => {
    for (const stream of ['deleted', 'again', 'buried', 'limited']) append(request(stream));
    for (const stream of ['deleted', 'again']) end(stream, 'delete');
    append(request('again'));
    end('buried', 'tombstone');
    end('never there', 'tombstone');
    append(request('$$limited', '{"$maxCount":3}', '$metadata'));
    log.close();
    log = open();
    expect(log.settings.of('deleted')?.isDeleted).toBe(true);
    expect(log.settings.of('again')).toMatchObject({ isDeleted: false, truncateBefore: 1 });
    expect(log.settings.of('limited')?.maxCount).toBe(3);
    for (const stream of ['buried', 'never there']) {
      expect(append(request(stream))).toEqual({ kind: 'stream-deleted' });
      expect(end(stream, 'delete')).toEqual({ kind: 'stream-deleted' });
    }
    expect(append(request('deleted'))).toMatchObject({ kind: 'appended', revision: 1 });
  });

  it('stay as they were when the transaction fails', () => {
    append(request('kept'));
    expect(() =>
      log.transaction(() => {
        log.append({ stream: 'kept', expected: 'any', events: [], end: 'delete' }, 1);
        log.append({ stream: 'other', expected: 'any', events: [], end: 'tombstone' }, 1);
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    expect(log.settings.of('kept')).toBeUndefined();
    expect(append(request('kept'))).toMatchObject({ kind: 'appended', revision: 1 });
    expect(append(request('other'))).toMatchObject({ kind: 'appended', revision: 0 });
  });

  it('keep the rest of their metadata', () => {
    const json = { $tb: 7, $maxCount: 2, kitten: '😾' };
    const deleted = parseSettings(deletedMetadata(json));
    expect(deleted).toMatchObject({ isDeleted: true, maxCount: 2, json: { kitten: '😾' } });
    expect(deletedMetadata({}).toString()).toBe('{"$tb":9223372036854775807}');
    const again = parseSettings(recreatedMetadata(deleted?.json ?? {}, 4));
    expect(again).toMatchObject({ isDeleted: false, truncateBefore: 4, maxCount: 2, json: { kitten: '😾' } });
  });

  it.each(['', 'null', '[]', '7', '{"$maxCount":-1,"$tb":"x","$maxAge":1.5,"$acl":[]}', '\u{fffd}{'])(
    'are not disturbed by metadata that are none: %s',
    (text) => {
      const settings = parseSettings(Buffer.from(text));
      expect(settings?.maxCount).toBeUndefined();
      expect(settings?.truncateBefore ?? 0).toBe(0);
      expect(settings?.acl).toBeUndefined();
    },
  );
});
