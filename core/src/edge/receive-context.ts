/** What all sessions of an edge share: its ports, its options, and the count of what it turns away. */
import type { EdgeLoad } from '../checks/edge-view.ts';
import type { GatherDeadlines } from '../checks/gather.ts';
import type { ObservationDeadlines, ObservationPorts } from '../checks/observations.ts';
import type { MailJudged } from '../decision/mail-judged.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { EventCodec } from '../kernel/event-codec.ts';
import type { CheckPolicy, Policy } from '../policy/policy.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { Deadline } from '../ports/deadline.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { Pause } from '../ports/pause.ts';
import type { Replica } from '../ports/replica.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import type { Vault } from '../ports/vault.ts';
import type { Callout } from './callout.ts';
import type { ConnectionTable } from './receive-connection.ts';
import type { RefusalCounter } from './receive-counters.ts';

export interface ReceiverPorts extends ObservationPorts {
  readonly replica: Replica;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly deadline: Deadline;
  /** What edges count and remember; undefined: checks that need it find nothing. */
  readonly counters?: SharedCounters;
  /** Asks a domain's server about a recipient; undefined: nobody is asked. */
  readonly callout?: Callout;
  /** For answers that are kept back; undefined: none is. */
  readonly pause?: Pause;
  /** How busy this machine is. */
  readonly load?: () => EdgeLoad;
}

export interface ReceiverOptions {
  /** Our name in the greeting and in trace headers. */
  readonly hostname: string;
  /** Name of this edge in decisions. */
  readonly edge: string;
  readonly maxMessageBytes: number;
  readonly maxRecipients: number;
  /** Who gets mail for `<postmaster>` without a domain; undefined: it is refused like an unknown domain. */
  readonly postmaster?: string;
  /** The operator's checks, as they are set; those that are missing are off. */
  readonly service?: Readonly<Record<string, CheckPolicy>>;
  /** Whether there is room for more mail on disk. */
  readonly hasRoom?: () => boolean;
  readonly onDecided?: (decided: DecidedMail) => void;
  /** What went wrong on our side and was answered with 451. */
  readonly onError?: (error: unknown) => void;
  readonly observationDeadlines?: ObservationDeadlines;
  readonly gatherDeadlines?: GatherDeadlines;
}

/** For logs and metrics. */
export interface DecidedMail {
  readonly mailId: string;
  readonly domain: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly size: number;
}

/** What all sessions of an edge share. */
export interface ReceiverContext {
  readonly ports: ReceiverPorts;
  readonly options: ReceiverOptions & {
    readonly observationDeadlines: ObservationDeadlines;
    readonly gatherDeadlines: GatherDeadlines;
  };
  readonly codec: EventCodec<MailJudged>;
  readonly refusals: RefusalCounter;
  readonly service: Policy;
  readonly table: ConnectionTable;
}
