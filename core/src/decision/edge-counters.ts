/** What an edge turned away without keeping anything, counted per minute: an attacker must not write the log. */
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';

export interface RefusalCount {
  /** Closed reason code. */
  readonly reason: string;
  /** SMTP reply code. */
  readonly code: number;
  /** The domain it was for, where that is known. */
  readonly domainId?: string;
  readonly count: number;
}

export type ConnectionsRefused = DomainEvent<
  'ConnectionsRefused',
  {
    /** ISO 8601, start of the minute. */
    readonly minute: string;
    readonly counts: readonly RefusalCount[];
  }
>;

export const edgeFormats: EventFormats<ConnectionsRefused> = {
  ConnectionsRefused: { version: 1, sealed: [] },
};

/** `date` is the day of the minute, as 2026-11-22. */
export const edgeStream = (edge: string, date: string): string => `edge-${edge}-${date}`;
