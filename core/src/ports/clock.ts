/** Ports: wall time and new ids, which core never reads by itself. */

export interface Clock {
  /** Now, ISO 8601 UTC with milliseconds. */
  now(): string;
}

export interface Ids {
  /** A UUIDv7 (RFC 9562 §5.7). */
  next(): string;
}
