/** Between events as the domain sees them and as they are stored: schema versions, upcasting, and sealing of personal parts. */
import type { Vault } from '../ports/vault.ts';
import type { DomainEvent, EventData, EventMetadata, NewEvent, RecordedEvent, Sealed } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import { fail, ok, type Result } from './result.ts';

/** How events of one type are stored. */
export interface EventFormat {
  /** Current version of the schema, from 1. */
  readonly version: number;
  /** Names of the members that are personal and go under `sealed`. */
  readonly sealed: readonly string[];
  /** Those that few readers need: sealed apart, so that a reader of a million events does not pay for them. */
  readonly details?: readonly string[];
  /** From version N to N + 1, by N; old events are read through all of them and never rewritten. */
  readonly upcasts?: Readonly<Record<number, Upcast>>;
}

/** What it makes of old data may depend on who wrote it and when. */
export type Upcast = (data: JsonObject, metadata: EventMetadata) => JsonObject;

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
  /** `details: false` leaves those members out. */
  decode(
    recorded: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'metadata'>,
    options?: { readonly details: boolean },
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
      const { rest: open, taken: personal } = split(event.data as JsonObject, format.sealed);
      const sealed = personal === undefined ? undefined : await seal(vault, personal, { format, envelope });
      if (sealed?.ok === false) return sealed;
      const data: EventData = sealed === undefined ? open : { ...open, sealed: { ...sealed.value } };
      const metadata = { schemaVersion: format.version, ...envelope.metadata };
      return ok({ id: envelope.id, type: event.type, data, metadata });
    },

    async decode(recorded, { details } = { details: true }) {
      const format = formatOf(recorded.type);
      if (format === undefined) return fail({ code: 'unknown-type', type: recorded.type });
      const { sealed, ...plain } = recorded.data;
      let data: JsonObject = plain;
      if (sealed !== undefined) {
        const opened = await unseal(vault, sealed, { id: recorded.id, details });
        if (!opened.ok) {
          return opened.error === 'erased'
            ? fail({ code: 'erased', plain })
            : fail({ code: 'damaged', eventId: recorded.id });
        }
        data = { ...plain, ...opened.value };
      }
      const current = upcast(data, format, recorded.metadata);
      // The formats say which data belongs to the type; what was stored was written by `encode`.
      return ok({ type: recorded.type, data: current } as unknown as TEvent);
    },
  };
}

/** What the details are sealed for: bound to the event, and not to be taken for its other part. */
const detailsOf = (eventId: string): string => `${eventId}/details`;

async function seal(
  vault: Vault,
  personal: JsonObject,
  { format, envelope }: { readonly format: EventFormat; readonly envelope: EventEnvelope },
): Promise<Result<Sealed, CodecError>> {
  const { keyId, id } = envelope;
  // An empty one costs less where it is.
  const details = (format.details ?? []).filter((name) => !isEmptyObject(personal[name]));
  const { rest, taken } = split(personal, details);
  const main = await vault.seal(keyId, rest, id);
  const apart = taken === undefined ? undefined : await vault.seal(keyId, taken, detailsOf(id));
  if (!main.ok || apart?.ok === false) return fail({ code: 'no-key', keyId });
  return ok(apart === undefined ? main.value : { ...main.value, details: apart.value.data });
}

async function unseal(
  vault: Vault,
  sealed: Sealed,
  { id, details }: { readonly id: string; readonly details: boolean },
): Promise<Result<JsonObject, 'erased' | 'damaged'>> {
  const main = await vault.open(sealed, id);
  if (!main.ok) return main;
  if (!details || sealed.details === undefined) return ok(asObject(main.value));
  const apart = await vault.open({ keyId: sealed.keyId, data: sealed.details }, detailsOf(id));
  return apart.ok ? ok({ ...asObject(main.value), ...asObject(apart.value) }) : apart;
}

const isEmptyObject = (value: Json | undefined): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** `taken`: the members of these names; undefined if there are none. */
function split(
  data: JsonObject,
  names: readonly string[],
): { rest: JsonObject; taken: JsonObject | undefined } {
  const rest: Record<string, Json | undefined> = {};
  const taken: Record<string, Json | undefined> = {};
  let isAny = false;
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue;
    if (names.includes(name)) {
      taken[name] = value;
      isAny = true;
    } else rest[name] = value;
  }
  return { rest, taken: isAny ? taken : undefined };
}

function upcast(data: JsonObject, format: EventFormat, metadata: EventMetadata): JsonObject {
  let current = data;
  for (let version = metadata.schemaVersion; version < format.version; version++) {
    const step = format.upcasts?.[version];
    if (step !== undefined) current = step(current, metadata);
  }
  return current;
}

const asObject = (value: Json): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
