/** Between events as the domain sees them and as they are stored: schema versions, upcasting, and sealing of personal parts. */
import type { Vault } from '../ports/vault.ts';
import type { DomainEvent, EventData, EventMetadata, NewEvent, RecordedEvent } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import { fail, ok, type Result } from './result.ts';

/** How events of one type are stored. */
export interface EventFormat {
  /** Current version of the schema, from 1. */
  readonly version: number;
  /** Names of the members that are personal and go under `sealed`. */
  readonly sealed: readonly string[];
  /** From version N to N + 1, by N; old events are read through all of them and never rewritten. */
  readonly upcasts?: Readonly<Record<number, (data: JsonObject) => JsonObject>>;
}

/** The formats of all events of an aggregate, by type. */
export type EventFormats<TEvent extends DomainEvent> = Readonly<Record<TEvent['type'], EventFormat>>;

export interface EventEnvelope {
  readonly id: string;
  readonly metadata: Omit<EventMetadata, 'schemaVersion'>;
  /** Key for the personal part; needed only by types that have one. */
  readonly keyId: string;
}

/** Why an event could not be stored or read as what it is. */
export type CodecError =
  | { readonly code: 'no-key'; readonly keyId: string }
  /** The key is gone: `plain` is what can still be read. */
  | { readonly code: 'erased'; readonly plain: JsonObject }
  | { readonly code: 'damaged'; readonly eventId: string }
  | { readonly code: 'unknown-type'; readonly type: string };

export interface EventCodec<TEvent extends DomainEvent> {
  encode(event: TEvent, envelope: EventEnvelope): Promise<Result<NewEvent, CodecError>>;
  decode(
    recorded: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'metadata'>,
  ): Promise<Result<TEvent, CodecError>>;
  knows(type: string): boolean;
}

export function createEventCodec<TEvent extends DomainEvent>(
  formats: EventFormats<TEvent>,
  vault: Vault,
): EventCodec<TEvent> {
  const formatOf = (type: string): EventFormat | undefined =>
    Object.hasOwn(formats, type) ? formats[type as TEvent['type']] : undefined;
  return {
    knows: (type) => formatOf(type) !== undefined,

    async encode(event, envelope) {
      const format = formatOf(event.type);
      if (format === undefined) return fail({ code: 'unknown-type', type: event.type });
      const { plain, personal } = split(event.data as JsonObject, format.sealed);
      let data: EventData = plain;
      if (personal !== undefined) {
        const sealed = await vault.seal(envelope.keyId, personal, envelope.id);
        if (!sealed.ok) return fail({ code: 'no-key', keyId: envelope.keyId });
        data = { ...plain, sealed: { keyId: sealed.value.keyId, data: sealed.value.data } };
      }
      const metadata = { schemaVersion: format.version, ...envelope.metadata };
      return ok({ id: envelope.id, type: event.type, data, metadata });
    },

    async decode(recorded) {
      const format = formatOf(recorded.type);
      if (format === undefined) return fail({ code: 'unknown-type', type: recorded.type });
      const { sealed, ...plain } = recorded.data;
      let data: JsonObject = plain;
      if (sealed !== undefined) {
        const opened = await vault.open(sealed, recorded.id);
        if (!opened.ok) {
          return opened.error === 'erased'
            ? fail({ code: 'erased', plain })
            : fail({ code: 'damaged', eventId: recorded.id });
        }
        data = { ...plain, ...asObject(opened.value) };
      }
      const current = upcast(data, format, recorded.metadata.schemaVersion);
      // The formats say which data belongs to the type; what was stored was written by `encode`.
      return ok({ type: recorded.type, data: current } as unknown as TEvent);
    },
  };
}

function split(
  data: JsonObject,
  sealedNames: readonly string[],
): { plain: JsonObject; personal: JsonObject | undefined } {
  const plain: Record<string, Json | undefined> = {};
  const personal: Record<string, Json | undefined> = {};
  let hasPersonal = false;
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue;
    if (sealedNames.includes(name)) {
      personal[name] = value;
      hasPersonal = true;
    } else plain[name] = value;
  }
  return { plain, personal: hasPersonal ? personal : undefined };
}

function upcast(data: JsonObject, format: EventFormat, from: number): JsonObject {
  let current = data;
  for (let version = from; version < format.version; version++) {
    const step = format.upcasts?.[version];
    if (step !== undefined) current = step(current);
  }
  return current;
}

const asObject = (value: Json): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
