/** A command and its metadata: time, ids and who asks arrive here, never from a clock or a random source. */
import type { Actor } from './event.ts';

export interface CommandMetadata {
  /** A fresh UUID for this command; ids of its events are derived from it. */
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly now: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId?: string;
}

export interface Command<TType extends string = string, TData = unknown> {
  readonly type: TType;
  readonly data: TData;
  readonly metadata: CommandMetadata;
}
