/** Requests that no client would send: each is refused or dropped, and nobody else notices. */
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import answers from '@eventstore/db-client/generated/streams_pb.js';
import { connectEventStore } from '@sluice/eventstoredb';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Gathering, TestEventStore } from './support/eventstore.ts';
import { appended, freshName, gather, startTestEventStore, testEvent } from './support/eventstore.ts';

const streams = '/event_store.client.streams.Streams';
const methods = ['Read', 'Append', 'BatchAppend', 'Delete', 'Tombstone'].map((name) => `${streams}/${name}`);
const gossipMethod = '/event_store.client.gossip.Gossip/Read';
const featuresMethod = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';

/** https://grpc.io/docs/guides/status-codes */
const status = { ok: '0', invalidArgument: '3', deadlineExceeded: '4', exhausted: '8', unimplemented: '12' };

const framed = (message: Uint8Array, flag = 0): Buffer => {
  const header = Buffer.alloc(5);
  header[0] = flag;
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
};
const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2]), varint(bytes.length), bytes]);
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
};
const text = (value: string): Buffer => Buffer.from(value);
const uuid = field(2, text('0193a000-0000-7000-8000-000000000000'));
const entry = (key: string, value: string): Buffer =>
  Buffer.concat([field(1, text(key)), field(2, text(value))]);

describe('malformed requests', () => {
  let server: TestEventStore;
  let store: EventStore;
  let witness: Gathering;
  let session: ClientHttp2Session;
  const prefix = freshName('witness');

  beforeAll(async () => {
    server = await startTestEventStore();
    store = connectEventStore(server.url);
    witness = gather(store, { streamPrefixes: [prefix] });
    await witness.until('caught up', () => witness.messages.length > 0);
  });
  beforeEach(() => {
    session = connectHttp2(`http://localhost:${server.port}`);
    session.on('error', () => undefined);
  });
  afterEach(async () => {
    session.destroy();
    // Whatever was sent: the others' connections still work, the old subscription too.
    const before = witness.events.length;
    await appended(store, prefix, testEvent());
    await witness.until('the event', () => witness.events.length > before);
  });
  afterAll(async () => {
    await witness.stop();
    await store.close();
    await server.dispose();
  });

  /** Sends the bytes and gives the status with which the call ended; undefined if it had none. */
  async function call(
    path: string,
    bytes: Uint8Array,
    headers = {},
    body: Buffer[] = [],
  ): Promise<string | undefined> {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let found: string | undefined;
    const note = (fields: Record<string, unknown>): void => {
      found = (fields['grpc-status'] as string | undefined) ?? found;
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => body.push(chunk));
    stream.end(bytes);
    const timer = setTimeout(() => stream.close(), 5000);
    await once(stream, 'close');
    clearTimeout(timer);
    return found;
  }

  it.each(methods)('%s refuses bytes that are no message', async (path) => {
    const garbage = [
      Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      Buffer.from([0x0b]),
      Buffer.from([0x00, 0x01]),
      Buffer.alloc(40, 0xff),
      Buffer.from([0x08, 0x01]),
      Buffer.alloc(0),
      field(1, Buffer.alloc(0)),
      field(2, Buffer.alloc(0)),
    ];
    for (const message of garbage) expect(await call(path, framed(message))).toBe(status.invalidArgument);
  });

  it.each([...methods, featuresMethod])('%s refuses what is no frame', async (path) => {
    expect(await call(path, Buffer.from([0, 0, 0, 0, 9, 1]))).toBe(status.invalidArgument);
    expect(await call(path, Buffer.from([0, 0]))).toBe(status.invalidArgument);
    expect(await call(path, Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1]))).toBe(status.exhausted);
    expect(await call(path, framed(Buffer.alloc(10), 1))).toBe(status.unimplemented);
  });

  /** The words and details with which the batches in these bytes are answered; undefined where one was appended. */
  async function batchAnswers(...messages: Buffer[]): Promise<(string | undefined)[]> {
    const body: Buffer[] = [];
    const path = `${streams}/BatchAppend`;
    expect(await call(path, Buffer.concat(messages.map((message) => framed(message))), {}, body)).toBe(
      status.ok,
    );
    const found: (string | undefined)[] = [];
    for (let bytes = Buffer.concat(body); bytes.length > 0;) {
      const end = 5 + bytes.readUInt32BE(1);
      const answer = answers.BatchAppendResp.deserializeBinary(bytes.subarray(5, end));
      found.push(answer.getError()?.getDetails()?.getTypeName());
      bytes = bytes.subarray(end);
    }
    return found;
  }
  const options = Buffer.concat([field(1, field(3, text(freshName()))), field(4, Buffer.alloc(0))]);
  const event = (id: Buffer, type: Buffer, data = text('{}')): Buffer =>
    Buffer.concat([field(1, id), field(2, type), field(4, data)]);
  const good = event(uuid, entry('type', 'Tested'));
  const isFinal = Buffer.from([0x20, 1]);

  it('refuses events and streams that cannot be, each by itself', async () => {
    const any = field(4, Buffer.alloc(0));
    const batch = (opening: Buffer, proposed: Buffer): Buffer =>
      Buffer.concat([field(1, uuid), field(2, opening), field(3, proposed), isFinal]);
    expect(await batchAnswers(batch(options, good))).toEqual([undefined]);
    const bad = [
      batch(options, event(field(2, text('no-uuid')), entry('type', 'Tested'))),
      batch(options, event(field(2, text('0193a000-0000-7000-8000-00000000000g')), entry('type', 'Tested'))),
      batch(options, event(Buffer.alloc(0), entry('type', 'Tested'))),
      batch(options, event(uuid, entry('kind', 'Tested'))),
      batch(any, good),
      batch(field(1, field(3, Buffer.from([0xff, 0xfe]))), good),
      batch(field(1, field(3, text('$all'))), good),
      Buffer.concat([field(1, uuid), field(3, good), isFinal]),
    ];
    for (const message of bad) {
      const refused = 'event_store.client.BadRequest';
      expect(await batchAnswers(message, batch(options, good))).toEqual([refused, undefined]);
    }
    const ofNoBatch = [
      Buffer.concat([field(2, options), field(3, good)]),
      Buffer.concat([field(1, field(2, text('short'))), field(2, options), field(3, good)]),
    ];
    for (const message of ofNoBatch) {
      expect(await call(`${streams}/BatchAppend`, framed(message))).toBe(status.invalidArgument);
    }
  });

  it('refuses what is too large before all of it has come, and once', async () => {
    const large = event(uuid, entry('type', 'Tested'), Buffer.alloc(1024 * 1024 + 1));
    const begin = Buffer.concat([field(1, uuid), field(2, options), field(3, large)]);
    const rest = Buffer.concat([field(1, uuid), field(3, good)]);
    const refused = 'event_store.client.MaximumAppendSizeExceeded';
    expect(await batchAnswers(begin)).toEqual([refused]);
    expect(await batchAnswers(begin, rest, Buffer.concat([rest, isFinal]))).toEqual([refused]);
  });

  it('refuses filters that are none', async () => {
    const read = (filter: Buffer): Buffer =>
      framed(
        field(
          1,
          Buffer.concat([field(2, field(2, Buffer.alloc(0))), field(7, filter), Buffer.from([5 * 8, 1])]),
        ),
      );
    const regex = (expression: string): Buffer => field(1, field(1, text(expression)));
    expect(await call(`${streams}/Read`, read(regex('^a')))).toBe(status.ok);
    expect(await call(`${streams}/Read`, read(regex('(')))).toBe(status.invalidArgument);
    expect(await call(`${streams}/Read`, read(regex('a'.repeat(5000))))).toBe(status.invalidArgument);
    const noWindow = Buffer.concat([regex('a'), Buffer.from([3 * 8, 0])]);
    expect(await call(`${streams}/Read`, read(noWindow))).toBe(status.invalidArgument);
  });

  it('announces exactly the methods that are there', async () => {
    const body: Buffer[] = [];
    expect(await call(featuresMethod, framed(Buffer.alloc(0)), {}, body)).toBe(status.ok);
    const supported = features.SupportedMethods.deserializeBinary(Buffer.concat(body).subarray(5));
    expect(supported.getEventStoreServerVersion()).toBe('23.10.0');
    const announced = supported
      .getMethodsList()
      .map((method) => `/${method.getServiceName()}/${method.getMethodName()}`);
    expect(announced).toEqual([...methods, gossipMethod, featuresMethod].map((path) => path.toLowerCase()));
  });

  it('says that a method is not there, and speaks gRPC only', async () => {
    expect(await call(`${streams}/Scavenge`, framed(Buffer.alloc(0)))).toBe(status.unimplemented);
    expect(await call('/', framed(Buffer.alloc(0)))).toBe(status.unimplemented);
    expect(await call(methods[0]!, Buffer.alloc(0), { 'content-type': 'text/html' })).toBeUndefined();
    expect(await call(featuresMethod, framed(Buffer.alloc(0)))).toBe(status.ok);
    expect(
      await call(featuresMethod, Buffer.concat([framed(Buffer.alloc(0)), framed(Buffer.alloc(0))])),
    ).toBe(status.invalidArgument);
  });

  it('ends a call at the deadline that the client gave', async () => {
    const subscribe = field(
      1,
      Buffer.concat([field(2, field(3, Buffer.alloc(0))), field(6, Buffer.alloc(0))]),
    );
    expect(await call(`${streams}/Read`, framed(subscribe), { 'grpc-timeout': '50m' })).toBe(
      status.deadlineExceeded,
    );
  });

  it('survives any bytes on any method', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods, gossipMethod, featuresMethod),
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        async (path, bytes, isFramed) => {
          const found = await call(path, isFramed ? framed(bytes) : bytes, { 'grpc-timeout': '500m' });
          expect(found).toMatch(/^(0|3|4|8|12)$/);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('survives connections that are no HTTP/2, or break off', async () => {
    for (const bytes of [
      text('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.alloc(1000, 0xaa),
      Buffer.alloc(0),
    ]) {
      const socket = connectTcp(server.port, 'localhost');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.resume();
      socket.end(bytes);
      const timer = setTimeout(() => socket.destroy(), 2000);
      await once(socket, 'close');
      clearTimeout(timer);
    }
    for (let index = 0; index < 200; index += 1) {
      const stream = session.request({
        ':method': 'POST',
        ':path': methods[index % 3]!,
        'content-type': 'application/grpc',
      });
      stream.on('error', () => undefined);
      stream.write(Buffer.from([0, 0, 0, 1]));
      if (index % 2 === 0) stream.close(8);
    }
    session.destroy();
    await once(session, 'close');
  });
});
