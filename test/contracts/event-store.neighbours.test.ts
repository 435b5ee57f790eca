/** What one caller does wrong stays its own: others who append at the same time, by the same client, do not notice. */
import type { EventData } from '@eventstore/db-client';
import {
  CancelledError,
  EventStoreDBClient,
  StreamDeletedError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  jsonEvent,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestEventStore } from './support/eventstore.ts';
import { freshName, startTestEventStore } from './support/eventstore.ts';

const thing = (type = 'ThingTested', id?: string): EventData =>
  jsonEvent({ type, data: { text: 'x' }, ...(id === undefined ? {} : { id }) });
/** With credentials the client appends by a call of its own. */
const byItself = { credentials: { username: 'admin', password: 'changeit' } };

describe('the official client', () => {
  let server: TestEventStore;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    server = await startTestEventStore();
    client = EventStoreDBClient.connectionString(server.url);
    // Appends keep their order once the client has its channel.
    await client.appendToStream(freshName(), thing());
  });
  afterAll(async () => {
    await client.dispose();
    await server.dispose();
  });

  it.each([
    ['an event without a type', freshName(), thing('')],
    ['an event whose id is none', freshName(), thing('ThingTested', 'no-uuid')],
    ['a stream without a name', '', thing()],
    ['all streams', '$all', thing()],
  ])('has an append of %s refused alone', async (_, stream, event) => {
    const other = freshName();
    const others = Array.from({ length: 20 }, () => thing());
    const before = others.slice(0, 10).map((good) => client.appendToStream(other, good));
    const bad = client.appendToStream(stream, event).catch((error: unknown) => error);
    const after = others.slice(10).map((good) => client.appendToStream(other, good));
    expect(await bad).toBeInstanceOf(UnknownError);
    await Promise.all([...before, ...after]);
    const read = await Array.fromAsync(client.readStream(other));
    expect(read.map((resolved) => resolved.event!.id)).toEqual(others.map(({ id }) => id));
  });

  it.each(['of two words', 'half % done', "o'clock, #1", '100%25'])(
    'is told the name of the stream "%s" as it is',
    async (words) => {
      const stream = `${words} ${freshName()}`;
      await client.appendToStream(stream, thing());
      const wrong: unknown = await client
        .deleteStream(stream, { expectedRevision: 7n })
        .catch((error: unknown) => error);
      expect(wrong).toBeInstanceOf(WrongExpectedVersionError);
      expect(wrong).toMatchObject({ streamName: stream, expectedVersion: 7n, actualVersion: 0n });
      await client.tombstoneStream(stream);
      for (const attempt of [
        () => client.appendToStream(stream, thing()),
        () => client.appendToStream(stream, thing(), byItself),
        () => Array.fromAsync(client.readStream(stream)),
        () => client.deleteStream(stream),
      ]) {
        const error: unknown = await attempt().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StreamDeletedError);
        expect(error).toMatchObject({ streamName: stream });
      }
    },
  );

  it.each(['n', 'ü'])('is told the beginning of a name that no trailer holds (%s)', async (letter) => {
    const stream = freshName() + letter.repeat(200_000);
    await client.appendToStream(stream, thing());
    await client.tombstoneStream(stream);
    const error: unknown = await client.deleteStream(stream).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamDeletedError);
    expect(stream).toContain(decodeURI((error as StreamDeletedError).streamName).slice(0, 2000));
  });
});

describe('a store that is shut down', () => {
  it.each([
    ['appends', 'that it cancelled them', {}, CancelledError],
    ['appends by calls of their own', 'that it is unavailable', byItself, UnavailableError],
  ])('says to %s under way %s', async (_, __, options, expected) => {
    const server = await startTestEventStore();
    const client = EventStoreDBClient.connectionString(server.url);
    const stream = freshName();
    await client.appendToStream(stream, thing(), options);
    const appendForEver = async (): Promise<never> => {
      for (;;)
        await client.appendToStream(
          stream,
          Array.from({ length: 500 }, () => thing()),
          options,
        );
    };
    const ended = appendForEver().catch((error: unknown) => error);
    await server.stop();
    expect(await ended).toBeInstanceOf(expected);
    await client.dispose();
    await server.dispose();
  });
});
