/** Between the events of the port and those of the client. */
import type { EventData as ClientEvent, JSONEventType, ResolvedEvent } from '@eventstore/db-client';
import { jsonEvent } from '@eventstore/db-client';
import type { EventData, EventMetadata, NewEvent, RecordedEvent } from '@sluice/core/kernel/event.ts';

const utf8 = new TextEncoder();

/** The metadata goes as the bytes of its JSON, which spares the client a detour over base64. */
export const toClientEvent = ({ id, type, data, metadata }: NewEvent): ClientEvent<JSONEventType> =>
  jsonEvent({ id, type, data: { ...data }, metadata: utf8.encode(JSON.stringify(metadata)) });

/** Undefined for a link whose event is gone. */
export function toRecordedEvent(resolved: ResolvedEvent): RecordedEvent | undefined {
  const { event } = resolved;
  if (event === undefined) return undefined;
  const recordedAt = event.created.toISOString();
  return {
    id: event.id,
    type: event.type,
    // Data of events that we did not write can be anything; ours are objects.
    data: isObject(event.data) ? (event.data as EventData) : {},
    metadata: isObject(event.metadata)
      ? (event.metadata as unknown as EventMetadata)
      : foreignMetadata(event.id, recordedAt),
    stream: event.streamId,
    revision: Number(event.revision),
    position: event.position?.commit ?? resolved.commitPosition ?? 0n,
    recordedAt,
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** For an event that was not written by us and carries no metadata. */
const foreignMetadata = (id: string, at: string): EventMetadata => ({
  schemaVersion: 0,
  actor: { kind: 'system', id: 'unknown' },
  at,
  correlationId: id,
});

/** The store's own streams: `$settings`, `$$stream`, … */
export const isSystemStream = (stream: string): boolean => stream.startsWith('$');
