/** Streams that end, and what their metadata leave to be read, through the official client: any server has to answer alike. */
import type { EventData, StreamMetadata } from '@eventstore/db-client';
import {
  EventStoreDBClient,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  binaryEvent,
  jsonEvent,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName } from './support/eventstore.ts';

const things = (count: number): ReturnType<typeof jsonEvent>[] =>
  Array.from({ length: count }, (_, number) => jsonEvent({ type: 'ThingTested', data: { number } }));

/** With credentials the client appends by a call of its own, without by one long call for all appends. */
const ways = [
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'admin', password: 'changeit' } }],
] as const;

export function eventStoreStreamEndsContract(url: () => string): void {
  let client: EventStoreDBClient;
  beforeAll(() => {
    client = EventStoreDBClient.connectionString(url());
  });
  afterAll(() => client.dispose());

  const revisions = async (stream: string, direction: 'forwards' | 'backwards' = 'forwards') => {
    const fromRevision = direction === 'forwards' ? 'start' : 'end';
    const events = await Array.fromAsync(client.readStream(stream, { direction, fromRevision }));
    return events.map(({ event }) => Number(event!.revision));
  };
  const streamOf = async (count: number): Promise<string> => {
    const stream = freshName();
    await client.appendToStream(stream, things(count));
    return stream;
  };
  const metadataOf = async (stream: string): Promise<StreamMetadata | undefined> =>
    (await client.getStreamMetadata(stream)).metadata;

  describe('a deleted stream', () => {
    it.each(['any', 3n] as const)('is not found, expected %s', async (expectedRevision) => {
      const stream = await streamOf(4);
      const { position } = await client.deleteStream(stream, { expectedRevision });
      expect(position!.commit).toBeGreaterThan(0n);
      await expect(revisions(stream)).rejects.toBeInstanceOf(StreamNotFoundError);
      await expect(revisions(stream, 'backwards')).rejects.toBeInstanceOf(StreamNotFoundError);
    });

    it('stays as it is where another revision was expected', async () => {
      const stream = await streamOf(4);
      for (const expectedRevision of [2n, 4n, 'no_stream'] as const) {
        const error: unknown = await client
          .deleteStream(stream, { expectedRevision })
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WrongExpectedVersionError);
        expect(error).toMatchObject({ streamName: stream, actualVersion: 3n });
      }
      expect(await revisions(stream)).toEqual([0, 1, 2, 3]);
    });

    it('has to be there, if only by its metadata', async () => {
      await expect(
        client.deleteStream(freshName(), { expectedRevision: 'no_stream' }),
      ).rejects.toBeInstanceOf(WrongExpectedVersionError);
      const stream = freshName();
      await client.setStreamMetadata(stream, { cacheControl: 10 });
      await client.deleteStream(stream, { expectedRevision: 'no_stream' });
    });

    it.each(['any', 'no_stream', 'stream_exists', 2n] as const)(
      'goes on with its numbers when it is written again, expected %s',
      async (expectedRevision) => {
        const stream = await streamOf(3);
        await client.setStreamMetadata(stream, { maxCount: 100, colour: 'green' });
        await client.deleteStream(stream);
        const { nextExpectedRevision } = await client.appendToStream(stream, things(2), { expectedRevision });
        expect(nextExpectedRevision).toBe(4n);
        expect(await revisions(stream)).toEqual([3, 4]);
        expect(await revisions(stream, 'backwards')).toEqual([4, 3]);
        expect(await metadataOf(stream)).toEqual({ maxCount: 100, colour: 'green', truncateBefore: 3 });
      },
    );

    it('begins again when it gets new metadata, without its old events', async () => {
      const stream = await streamOf(3);
      await client.deleteStream(stream);
      await client.setStreamMetadata(stream, { maxCount: 2 });
      expect(await metadataOf(stream)).toEqual({ maxCount: 2, truncateBefore: 3 });
      expect(await revisions(stream)).toEqual([]);
    });

    it('is followed by a subscription across its end', async () => {
      const stream = await streamOf(2);
      const seen: number[] = [];
      const subscription = client.subscribeToStream(stream);
      const done = (async () => {
        for await (const { event } of subscription) {
          seen.push(Number(event!.revision));
          if (seen.length === 3) break;
        }
      })();
      await new Promise((resolve) => subscription.once('caughtUp', resolve));
      await client.deleteStream(stream);
      await client.appendToStream(stream, things(1));
      await done;
      await subscription.unsubscribe();
      expect(seen).toEqual([0, 1, 2]);
    });
  });

  describe('a tombstoned stream', () => {
    it.each(['any', 3n] as const)('is deleted for good, expected %s', async (expectedRevision) => {
      const stream = await streamOf(4);
      const { position } = await client.tombstoneStream(stream, { expectedRevision });
      expect(position!.commit).toBeGreaterThan(0n);
      for (const attempt of [
        () => revisions(stream),
        () => revisions(stream, 'backwards'),
        () => client.tombstoneStream(stream),
        () => client.deleteStream(stream),
        ...ways.map(
          ([, options]) =>
            () =>
              client.appendToStream(stream, things(1), options),
        ),
      ]) {
        const error: unknown = await attempt().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StreamDeletedError);
        expect(error).toMatchObject({ streamName: stream });
      }
    });

    it('stays as it is where another revision was expected, and need not be there', async () => {
      const stream = await streamOf(4);
      for (const expectedRevision of [2n, 'no_stream'] as const) {
        await expect(client.tombstoneStream(stream, { expectedRevision })).rejects.toMatchObject({
          type: 'wrong-expected-version',
          streamName: stream,
        });
      }
      const fresh = freshName();
      await client.tombstoneStream(fresh, { expectedRevision: 'no_stream' });
      await expect(revisions(fresh)).rejects.toBeInstanceOf(StreamDeletedError);
    });

    it('ends with an event of the system that all streams show', async () => {
      const stream = await streamOf(1);
      const { position } = await client.tombstoneStream(stream);
      const [tombstone] = await Array.fromAsync(client.readAll({ fromPosition: position!, maxCount: 1 }));
      expect(tombstone!.event).toMatchObject({
        streamId: stream,
        type: '$streamDeleted',
        revision: 9_223_372_036_854_775_807n,
        position,
      });
    });
  });

  describe('metadata of a stream', () => {
    it('come back as they were written, other keys as well', async () => {
      const stream = freshName();
      expect(await client.getStreamMetadata(stream)).toEqual({ streamName: stream });
      const metadata = {
        maxAge: 2,
        cacheControl: 15,
        truncateBefore: 1,
        maxCount: 12,
        acl: { readRoles: ['admin'], writeRoles: ['admin', 'ops'], metaReadRoles: ['admin'] },
        kitten: '😾',
      };
      await client.setStreamMetadata(stream, metadata);
      expect(await metadataOf(stream)).toEqual(metadata);
      await client.setStreamMetadata(stream, { maxCount: 3 }, { expectedRevision: 0n });
      expect(await metadataOf(stream)).toEqual({ maxCount: 3 });
      expect(await revisions(`$$${stream}`)).toEqual([1]);
    });

    const cases: [StreamMetadata, number[]][] = [
      [{ maxCount: 2 }, [18, 19]],
      [{ truncateBefore: 17 }, [17, 18, 19]],
      [{ truncateBefore: 17, maxCount: 2 }, [18, 19]],
      [{ truncateBefore: 19, maxCount: 5 }, [19]],
      [{ truncateBefore: 20 }, []],
      [{ maxAge: 3600, maxCount: 1 }, [19]],
    ];
    it.each(cases)('%j', async (metadata, expected) => {
      const stream = await streamOf(20);
      await client.setStreamMetadata(stream, metadata);
      expect(await revisions(stream)).toEqual(expected);
      expect(await revisions(stream, 'backwards')).toEqual(expected.toReversed());
      const some = client.readStream(stream, { fromRevision: 5n, maxCount: 2 });
      expect((await Array.fromAsync(some)).map(({ event }) => Number(event!.revision))).toEqual(
        expected.slice(0, 2),
      );
      // What is not read any more is there all the same, and the numbers go on.
      const { nextExpectedRevision } = await client.appendToStream(stream, things(1), {
        expectedRevision: 19n,
      });
      expect(nextExpectedRevision).toBe(20n);
    });

    it('leave out what is older than they say', async () => {
      const stream = await streamOf(3);
      await client.setStreamMetadata(stream, { maxAge: 1 });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await client.appendToStream(stream, things(1));
      expect(await revisions(stream)).toEqual([3]);
      expect(await revisions(stream, 'backwards')).toEqual([3]);
    });

    it('mean nothing to all streams', async () => {
      const stream = freshName();
      const { position } = await client.appendToStream(stream, things(1));
      await client.appendToStream(stream, things(9));
      await client.setStreamMetadata(stream, { maxCount: 1 });
      await client.deleteStream(stream);
      const all = await Array.fromAsync(client.readAll({ fromPosition: position! }));
      expect(all.filter(({ event }) => event!.streamId === stream)).toHaveLength(10);
    });

    it('make a stream exist for whoever expects one', async () => {
      const stream = freshName();
      await client.setStreamMetadata(stream, { maxCount: 5 });
      const { nextExpectedRevision } = await client.appendToStream(stream, things(1), {
        expectedRevision: 'stream_exists',
      });
      expect(nextExpectedRevision).toBe(0n);
    });
  });

  describe('a link', () => {
    const linkTo = (target: string): EventData => binaryEvent({ type: '$>', data: Buffer.from(target) });

    it('is read as the event that it names, where that is wished', async () => {
      const [target, links] = [await streamOf(4), freshName('links')];
      await client.appendToStream(links, linkTo(`2@${target}`));
      const [plain] = await Array.fromAsync(client.readStream(links));
      expect(plain!.event!.type).toBe('$>');
      expect(plain!.link).toBeUndefined();
      const [named] = await Array.fromAsync(client.readStream(target, { fromRevision: 2n, maxCount: 1 }));
      const [resolved] = await Array.fromAsync(client.readStream(links, { resolveLinkTos: true }));
      expect(resolved!.event).toEqual(named!.event);
      expect(resolved!.link).toMatchObject({ streamId: links, revision: 0n, type: '$>' });
      const subscription = client.subscribeToStream(links, { resolveLinkTos: true });
      for await (const { event } of subscription) {
        expect(event!.id).toBe(named!.event!.id);
        break;
      }
      await subscription.unsubscribe();
    });

    it('says so where the event is gone', async () => {
      const [target, links] = [await streamOf(1), freshName('links')];
      const buried = await streamOf(1);
      await client.tombstoneStream(buried);
      await client.appendToStream(links, [
        linkTo(`7@${target}`),
        linkTo(`0@${freshName()}`),
        linkTo(`0@${buried}`),
      ]);
      const resolved = await Array.fromAsync(client.readStream(links, { resolveLinkTos: true }));
      expect(resolved.map(({ event }) => event)).toEqual([undefined, undefined, undefined]);
      expect(resolved.map(({ link }) => Number(link!.revision))).toEqual([0, 1, 2]);
    });
  });
}
