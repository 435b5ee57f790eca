/** What an event is: before it is stored, as the store keeps it, and the metadata that every one carries. */
import type { JsonObject } from './json.ts';

/** Who caused something. `id` is a user id, an edge's name, or the name of one of our own processes. */
export interface Actor {
  readonly kind: 'operator' | 'user' | 'edge' | 'system';
  readonly id: string;
}

/** Where a mail's raw bytes lie in the archive: a frame of a pack, and the range of the unpacked frame. */
export interface BodyLocation {
  readonly pack: string;
  readonly frame: number;
  /** Bytes into the unpacked frame. */
  readonly offset: number;
  /** Bytes of the mail as received. */
  readonly length: number;
}

export interface EventMetadata {
  /** Version of the type's schema; older ones are upcast on read. */
  readonly schemaVersion: number;
  readonly actor: Actor;
  /** When it happened, ISO 8601 UTC, by the clock of whoever caused it. Data, never order. */
  readonly at: string;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly accountId?: string;
  readonly domainId?: string;
  /** The edge that decided, for what an edge handed in. */
  readonly edge?: string;
  /** When the intake took it in, and where it put the body. */
  readonly intake?: { readonly at: string; readonly body?: BodyLocation };
}

/** The personal part of an event's data, encrypted under the key that `keyId` names (see the Vault port). */
export interface Sealed {
  readonly keyId: string;
  /** base64 of nonce, ciphertext and tag. */
  readonly data: string;
  /** The same, of the members that few readers open: see `details` of an event's format. */
  readonly details?: string;
}

/** The data of a stored event: the plain part, and under `sealed` the personal part. */
export interface EventData extends JsonObject {
  readonly sealed?: Sealed & JsonObject;
}

/** An event as the domain sees it: its personal part in the open. */
export interface DomainEvent<TType extends string = string, TData = unknown> {
  readonly type: TType;
  readonly data: TData;
}

/** An event ready to be appended. The id decides identity: appending the same id again is the same event. */
export interface NewEvent {
  /** UUID. */
  readonly id: string;
  /** PascalCase, past tense. */
  readonly type: string;
  readonly data: EventData;
  readonly metadata: EventMetadata;
}

/** Place in the order of the whole store. Comparable; never do arithmetic on it. Written as a decimal string outside. */
export type Position = bigint;

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** Place in its stream, from 0. */
  readonly revision: number;
  readonly position: Position;
  /** When the store took it, ISO 8601 UTC. */
  readonly recordedAt: string;
}
