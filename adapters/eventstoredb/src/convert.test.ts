/** Events of others, which can be anything, become events of the port without an error. */
import type { ResolvedEvent } from '@eventstore/db-client';
import { describe, expect, it } from 'vitest';
import { isSystemStream, toClientEvent, toRecordedEvent } from './convert.ts';

const resolved = (changes: object): ResolvedEvent =>
  ({
    event: {
      streamId: 's',
      id: '0193a000-0000-7000-8000-000000000001',
      revision: 7n,
      type: 'Tested',
      isJson: true,
      created: new Date('2026-11-22T10:00:00.123Z'),
      data: { a: 1 },
      metadata: { schemaVersion: 3 },
      position: { commit: 900n, prepare: 899n },
      ...changes,
    },
    commitPosition: 901n,
  }) as unknown as ResolvedEvent;

describe('recorded events', () => {
  it('have what the store says of them', () => {
    expect(toRecordedEvent(resolved({}))).toEqual({
      id: '0193a000-0000-7000-8000-000000000001',
      type: 'Tested',
      data: { a: 1 },
      metadata: { schemaVersion: 3 },
      stream: 's',
      revision: 7,
      position: 900n,
      recordedAt: '2026-11-22T10:00:00.123Z',
    });
  });

  it('have the position of the answer where an old server gives none with the event', () => {
    expect(toRecordedEvent(resolved({ position: undefined }))?.position).toBe(901n);
  });

  it.each([[new Uint8Array([1])], ['text'], [[1, 2]], [undefined]])('with the data %j have none', (data) => {
    expect(toRecordedEvent(resolved({ data }))?.data).toEqual({});
  });

  it('of others have metadata that say so', () => {
    expect(toRecordedEvent(resolved({ metadata: undefined }))?.metadata).toEqual({
      schemaVersion: 0,
      actor: { kind: 'system', id: 'unknown' },
      at: '2026-11-22T10:00:00.123Z',
      correlationId: '0193a000-0000-7000-8000-000000000001',
    });
  });

  it('are none where a link leads nowhere', () => {
    expect(toRecordedEvent({})).toBeUndefined();
  });
});

describe('new events', () => {
  it('go with the JSON of their metadata as bytes', () => {
    const metadata = {
      schemaVersion: 1,
      actor: { kind: 'system', id: 'ü' },
      at: '2026-11-22T10:00:00.000Z',
      correlationId: 'c',
    } as const;
    const event = toClientEvent({ id: 'i', type: 'Tested', data: { a: 1 }, metadata });
    expect(event).toMatchObject({ id: 'i', type: 'Tested', contentType: 'application/json', data: { a: 1 } });
    // The client asks for exactly this class, no subclass.
    expect((event.metadata as Uint8Array).constructor).toBe(Uint8Array);
    expect(JSON.parse(Buffer.from(event.metadata as Uint8Array).toString())).toEqual(metadata);
  });
});

describe('system streams', () => {
  it.each([
    ['$settings', true],
    ['$$domain-1', true],
    ['domain-$1', false],
  ])('%s: %s', (stream, expected) => expect(isSystemStream(stream)).toBe(expected));
});
