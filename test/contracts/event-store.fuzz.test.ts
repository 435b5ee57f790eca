/** Requests nearly right, broken connections and huge metadata: the store never ends, and its log stays whole. */
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:http2';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { openRawLog } from '@sluice/eventstoredb';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventStoreProcess } from './support/eventstore-process.ts';
import { startEventStoreProcess } from './support/eventstore-process.ts';
import { freshName } from './support/eventstore.ts';

const service = '/event_store.client.streams.Streams';
const framed = (message: Uint8Array): Buffer => {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
};
const empty = (): InstanceType<typeof shared.Empty> => new shared.Empty();
const named = (stream: string): InstanceType<typeof shared.StreamIdentifier> =>
  new shared.StreamIdentifier().setStreamName(Uint8Array.from(Buffer.from(stream)));

/** A whole batch, as a client writes it. */
function batch(stream: string, count: number, bytes: number): Buffer {
  const messages = Array.from({ length: count }, () => {
    const message = new streams.BatchAppendReq.ProposedMessage()
      .setId(new shared.UUID().setString(crypto.randomUUID()))
      .setData(new Uint8Array(bytes));
    message.getMetadataMap().set('type', 'Fuzzed').set('content-type', 'application/octet-stream');
    return message;
  });
  const request = new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(crypto.randomUUID()))
    .setOptions(new streams.BatchAppendReq.Options().setStreamIdentifier(named(stream)).setAny(empty()))
    .setProposedMessagesList(messages)
    .setIsFinal(true);
  return Buffer.from(request.serializeBinary());
}

const read = (stream: string): Buffer => {
  const options = new streams.ReadReq.Options()
    .setStream(
      new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(named(stream)).setStart(empty()),
    )
    .setCount('10')
    .setNoFilter(empty());
  return Buffer.from(new streams.ReadReq().setOptions(options).serializeBinary());
};
const end = (stream: string): Buffer =>
  Buffer.from(
    new streams.DeleteReq()
      .setOptions(new streams.DeleteReq.Options().setStreamIdentifier(named(stream)).setAny(empty()))
      .serializeBinary(),
  );

describe('a store under attack', () => {
  let server: EventStoreProcess;
  let session: ClientHttp2Session;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    server = await startEventStoreProcess();
    session = connect(server.url.replace('esdb://', 'http://').replace(/\?.*/, ''));
    session.on('error', () => undefined);
    client = EventStoreDBClient.connectionString(server.url);
  });
  afterEach(wholeLog);
  afterAll(async () => {
    session.destroy();
    await client.dispose();
    await server.dispose();
  });

  /** Everything can be read, positions rise, and no stream has a gap; a new event finds its place. */
  async function wholeLog(): Promise<void> {
    await client.appendToStream('witness', jsonEvent({ type: 'Seen', data: {} }));
    await using log = openRawLog(server.url);
    const next = new Map<string, bigint>();
    let position = -1n;
    for await (const event of log.all()) {
      expect(event.position).toBeGreaterThan(position);
      ({ position } = event);
      if (event.type === '$streamDeleted') continue;
      expect(event.revision).toBe(next.get(event.stream) ?? 0n);
      next.set(event.stream, event.revision + 1n);
    }
    expect(next.get('witness')).toBeGreaterThan(0n);
  }

  function open(method: string, timeout = '2S'): ReturnType<ClientHttp2Session['request']> {
    const stream = session.request({
      ':method': 'POST',
      ':path': `${service}/${method}`,
      'content-type': 'application/grpc',
      'grpc-timeout': timeout,
    });
    stream.on('error', () => undefined);
    stream.resume();
    return stream;
  }
  const closed = async (stream: ReturnType<typeof open>): Promise<void> => {
    if (!stream.closed) await once(stream, 'close');
  };

  const requests = fc.constantFrom(
    ['BatchAppend', batch('fuzzed', 3, 20)] as const,
    ['Read', read('fuzzed')] as const,
    ['Delete', end('fuzzed')] as const,
    ['Tombstone', end('fuzzed-too')] as const,
  );

  it('outlives requests of which some bytes are others', async () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(requests, changes, fc.nat({ max: 40 }), async ([method, original], bytes, cut) => {
        const message = Buffer.from(original.subarray(0, Math.max(1, original.length - (cut % 20))));
        for (const [at, value] of bytes) message[at % message.length] = value;
        const stream = open(method);
        stream.end(framed(message));
        await closed(stream);
      }),
      { numRuns: 400, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('outlives connections that break in the middle of an append: all of it is there, or nothing', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20_000 }));
    await fc.assert(
      fc.asyncProperty(sizes, fc.double({ min: 0, max: 1, noNaN: true }), async ([count, bytes], part) => {
        const name = freshName('broken');
        const whole = framed(batch(name, count, bytes));
        const stream = open('BatchAppend');
        stream.write(whole.subarray(0, Math.ceil(whole.length * part)));
        await new Promise((resolve) => setTimeout(resolve, part > 0.5 ? 2 : 0));
        stream.close(8);
        await closed(stream);
        const found = await Array.fromAsync(client.readStream(name)).catch(() => []);
        expect([0, count]).toContain(found.length);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  });

  it('reads no further for whoever takes no answers, and answers all when they are taken', async () => {
    const request = new streams.BatchAppendReq()
      .setCorrelationId(new shared.UUID().setString(crypto.randomUUID()))
      .setIsFinal(true);
    const one = framed(request.serializeBinary());
    const many = Buffer.concat(Array.from({ length: 20_000 }, () => one));
    const stream = open('BatchAppend', '25S');
    stream.pause();
    let sent = 0;
    const isTaken = (): Promise<boolean> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), 700);
        stream.write(many, () => {
          clearTimeout(timer);
          resolve(true);
        });
        sent += 20_000;
      });
    while (sent < 500_000) if (!(await isTaken())) break;
    expect(sent).toBeLessThan(500_000);

    let bytes = 0;
    let lengths = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (lengths === 0) lengths = 5 + chunk.readUInt32BE(1);
    });
    stream.end();
    stream.resume();
    await once(stream, 'end');
    expect(bytes).toBe(sent * lengths);
  });

  it('takes metadata up to its limit, and says that more is too much', async () => {
    const stream = freshName();
    const event = (bytes: number) =>
      jsonEvent({ type: 'Large', data: {}, metadata: { text: 'x'.repeat(bytes) } });
    await client.appendToStream(stream, event(3 * 1024 * 1024));
    await expect(client.appendToStream(stream, event(5 * 1024 * 1024))).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
    });
    expect(await Array.fromAsync(client.readStream(stream))).toHaveLength(1);
  });

  it('takes any stream metadata, and goes by what it can read of them', async () => {
    const stream = freshName();
    await client.appendToStream(stream, jsonEvent({ type: 'ThingTested', data: {} }));
    const key = fc.constantFrom('$maxCount', '$maxAge', '$tb', '$acl', '$r', '$cacheControl');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())), async (data) => {
        const metadata = jsonEvent({ type: '$metadata', data: data as Record<string, unknown> });
        await client.appendToStream(`$$${stream}`, metadata);
        const found = await Array.fromAsync(client.readStream(stream)).catch(() => []);
        expect(found.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60, interruptAfterTimeLimit: 15_000 },
    );
  });
});
