/** What may be asked of the store and what it answers, apart from any protocol. */

/** What the stream must look like: its last revision, or one of the words. */
export type Expected = number | 'any' | 'no-stream' | 'stream-exists';

export interface ProposedEvent {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly type: string;
  /** Whether `data` is JSON (else octets). */
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly ProposedEvent[];
  /** Milliseconds since the epoch; what comes later is not appended. */
  readonly deadline?: number;
  /** Ends the stream instead of appending: `delete` until it is written again, `tombstone` for ever. */
  readonly end?: 'delete' | 'tombstone';
}

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number }
  /** An append of no events to a stream that is as expected. */
  | { readonly kind: 'unchanged'; readonly actual: number | 'no-stream' }
  | { readonly kind: 'wrong-expected-revision'; readonly actual: number | 'no-stream' }
  /** The stream was tombstoned. */
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'access-denied' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'expired' }
  /** The disk failed, or the store is closed: nothing was appended. */
  | { readonly kind: 'failed' };

/** An event as it lies in the table; `stream` and `type` are interned. */
export interface StoredEvent {
  readonly position: number;
  readonly stream: number;
  readonly revision: number;
  readonly type: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  readonly id: Uint8Array;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** Revision of a tombstone here; clients are told 2^63-1, which is no number of JavaScript's. */
export const tombstoneRevision = Number.MAX_SAFE_INTEGER;

export type Direction = 'forwards' | 'backwards';

/** Bytes of data that one append may carry in all, as in EventStoreDB. */
export const maxAppendBytes = 1024 * 1024;
/** Bytes of metadata that one append may carry in all: no limit of the protocol, one of memory. */
export const maxAppendMetadataBytes = 4 * 1024 * 1024;

/** Whether the events of one append are more than the limits allow. */
export function isTooLarge(events: readonly ProposedEvent[]): boolean {
  let data = 0;
  let metadata = 0;
  for (const event of events) {
    data += event.data.length;
    metadata += event.metadata.length;
  }
  return data > maxAppendBytes || metadata > maxAppendMetadataBytes;
}
