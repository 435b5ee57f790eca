/** Moving from one event store to another: every byte and every order, also when it is interrupted; and who is refused. */
import { DatabaseSync } from 'node:sqlite';
import type { EventData } from '@eventstore/db-client';
import { EventStoreDBClient, binaryEvent, jsonEvent } from '@eventstore/db-client';
import { copyEvents, ForeignEvents, openRawLog } from '@sluice/eventstoredb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestEventStore } from './support/eventstore.ts';
import { startTestEventStore } from './support/eventstore.ts';
import type { StoredRow } from './support/stored-events.ts';
import { storedEvents } from './support/stored-events.ts';

/** JSON that is not as JavaScript would write it. */
const oddNumber = (JSON as unknown as { rawJSON(text: string): number }).rawJSON('1.000');
const oddBytes = Uint8Array.from(Buffer.from('{ "actor" : "ä",\n "n" : 1.0 }'));

function someEvent(number: number): EventData {
  const type = `Thing${number % 7}`;
  if (number % 5 === 0)
    return binaryEvent({ type, data: Buffer.from([0, 255, number % 256]), metadata: oddBytes });
  return jsonEvent({
    type,
    data: { number, odd: oddNumber, text: 'ß'.repeat(number % 90) },
    metadata: oddBytes,
  });
}

describe('a copy from store to store', () => {
  let [source, target]: TestEventStore[] = [];
  let client: EventStoreDBClient;
  beforeEach(async () => {
    [source, target] = await Promise.all([startTestEventStore(), startTestEventStore()]);
    client = EventStoreDBClient.connectionString(source.url);
  });
  afterEach(async () => {
    await client.dispose();
    await Promise.all([source!.dispose(), target!.dispose()]);
  });
  const copy = (options = {}): ReturnType<typeof copyEvents> => copyEvents(source!.url, target!.url, options);

  /** Streams of different lengths, written to by turns; the large number once by hand: SLUICE_COPY_EVENTS. */
  async function fill(events: number): Promise<void> {
    let waiting: Promise<unknown>[] = [];
    for (let number = 0; number < events; number += 1) {
      const stream = `stream-${(number * 7919) % 97 === 0 ? 'long' : String((number * 31) % 211)}-ü`;
      waiting.push(client.appendToStream(stream, someEvent(number)));
      if (waiting.length === 256) {
        await Promise.all(waiting);
        waiting = [];
      }
    }
    await Promise.all(waiting);
  }

  it('keeps every byte and every order, also when it is interrupted again and again', async () => {
    const count = Number(process.env['SLUICE_COPY_EVENTS'] ?? 3000);
    await fill(count);
    let copied = 0;
    for (const stopAfter of [1, 700, 1300]) {
      const stop = new AbortController();
      let seen = 0;
      const { events } = await copy({
        signal: stop.signal,
        onProgress: () => void ((seen += 1) === stopAfter && stop.abort()),
      });
      copied += events;
    }
    const last = await copy();
    expect(last).toMatchObject({ isResumed: true });
    expect(copied + last.events).toBe(count);
    expect(last.position).toBe(last.end);
    expect(await copy()).toMatchObject({ events: 0, isResumed: true });
    await Promise.all([source!.stop(), target!.stop()]);
    const [theCopy, original] = await Promise.all([contents(target!.file), contents(source!.file)]);
    expect(theCopy).toEqual(original);
    expect(original).toHaveLength(count);
  }, 900_000);

  it('carries metadata, deleted streams that began again, and tombstones', async () => {
    const append = (stream: string, count = 1): Promise<unknown> =>
      client.appendToStream(
        stream,
        Array.from({ length: count }, (_, number) => someEvent(number)),
      );
    await append('limited', 5);
    await client.setStreamMetadata('limited', { maxCount: 2, kitten: '😾' });
    await append('deleted', 3);
    await client.deleteStream('deleted');
    await append('again', 3);
    await client.deleteStream('again');
    await append('again', 2);
    await client.deleteStream('again');
    await client.setStreamMetadata('again', { maxCount: 9 });
    await append('again');
    await append('buried', 2);
    await client.tombstoneStream('buried');
    await append('last');
    await copy();
    expect(await copy()).toMatchObject({ events: 0 });
    await Promise.all([source!.stop(), target!.stop()]);
    // Both servers write the same of their own accord, under ids of their own.
    const ownIds = async (file: string): Promise<readonly unknown[]> =>
      (await contents(file)).map((row) =>
        row.stream.startsWith('$') || row.type === '$streamDeleted' ? { ...row, id: '' } : row,
      );
    expect(await ownIds(target!.file)).toEqual(await ownIds(source!.file));
  });

  it('goes on after whatever event it was interrupted, with nothing twice', async () => {
    await client.appendToStream('again', [someEvent(1), someEvent(2)]);
    await client.setStreamMetadata('again', { maxCount: 5 });
    await client.deleteStream('again');
    await client.appendToStream('between', someEvent(1));
    await client.appendToStream('again', someEvent(3));
    await client.deleteStream('again');
    await client.setStreamMetadata('again', { maxCount: 9 });
    await client.appendToStream('again', someEvent(4));
    await client.appendToStream('buried', someEvent(1));
    await client.tombstoneStream('buried');
    await client.setStreamMetadata('last', { maxCount: 7 });
    await client.setStreamMetadata('last', { maxCount: 8 });
    const original = await described(source!.url);
    for (let stopAfter = 1; stopAfter <= original.length; stopAfter += 1) {
      const other = await startTestEventStore();
      const stop = new AbortController();
      let seen = 0;
      const onProgress = (): void => void ((seen += 1) === stopAfter && stop.abort());
      await copyEvents(source!.url, other.url, { signal: stop.signal, onProgress });
      await copyEvents(source!.url, other.url);
      expect(await described(other.url), `after ${stopAfter}`).toEqual(original);
      await other.dispose();
    }
  }, 60_000);

  it('begins streams anew that have lost their first events', async () => {
    // A store that scavenges loses them; here they are taken out of the file.
    await client.appendToStream('scavenged', [someEvent(1), someEvent(2), someEvent(3)]);
    await source!.stop();
    const database = new DatabaseSync(source!.file);
    database.exec(
      "DELETE FROM events WHERE revision < 2 AND stream = (SELECT id FROM streams WHERE name = 'scavenged')",
    );
    database.close();
    await source!.startAgain();
    expect(await copy()).toMatchObject({ events: 1 });
    const reader = EventStoreDBClient.connectionString(target!.url);
    const [only] = await Array.fromAsync(reader.readStream('scavenged'));
    await reader.dispose();
    expect(only!.event).toMatchObject({ revision: 0n, type: 'Thing3' });
  });

  it('refuses a target with events of others', async () => {
    await client.appendToStream('ours', someEvent(1));
    const other = EventStoreDBClient.connectionString(target!.url);
    await other.appendToStream('theirs', someEvent(1));
    await other.dispose();
    await expect(copy()).rejects.toThrow(ForeignEvents);
    await expect(copy()).rejects.toThrow('Copy into an empty store');
  });
});

/** What all events say, in their order, without ids: servers give those of some events. */
async function described(url: string): Promise<readonly string[]> {
  await using log = openRawLog(url);
  const events = await Array.fromAsync(
    log.all(),
    ({ stream, revision, type, data }) =>
      `${stream} ${revision} ${type} ${Buffer.from(data).toString('hex')}`,
  );
  return events.filter((text) => !/^\$(?!\$[^$])/.test(text));
}

/** All events in their order, but for their places in the file and their times, and those of the store itself. */
async function contents(file: string): Promise<readonly Omit<StoredRow, 'position' | 'created'>[]> {
  const events = await storedEvents(file);
  return events
    .filter(({ stream }) => !/^(\$user|\$\$\$)/i.test(stream))
    .map(({ position: _, created: _created, ...event }) => event);
}
