/** A policy: all settings of one domain that decide about mail, in the effective form that `judge` takes. */
import type { JsonObject } from '../kernel/json.ts';

/** What a failed check does. `observe` records and never counts. */
export type Mode = 'off' | 'observe' | 'score' | 'reject' | 'defer';

export const modes: readonly Mode[] = ['off', 'observe', 'score', 'reject', 'defer'];

/** One check under one policy. */
export interface CheckPolicy {
  readonly mode: Mode;
  /** Points that a failure adds in mode `score`. */
  readonly weight: number;
  /** What happens when the check could not be made: nothing, or a 4xx so that the sender comes again. */
  readonly onError: 'ignore' | 'defer';
  /** Patterns of senders and client addresses that this check leaves alone. */
  readonly exempt: readonly string[];
  /** As the check's own schema says. */
  readonly settings: JsonObject;
}

/** Sums of failed `score` checks from which a mail is tagged, held or rejected; tag ≤ hold ≤ reject. */
export interface Thresholds {
  readonly tag: number;
  readonly hold: number;
  readonly reject: number;
}

/** The thresholds that hold for a recipient: those of its mailbox, or of the domain. */
export function thresholdsFor(
  { thresholds, mailboxThresholds }: Pick<Policy, 'thresholds' | 'mailboxThresholds'>,
  recipient: string,
): Thresholds {
  if (mailboxThresholds === undefined) return thresholds;
  const mailbox = recipient.toLowerCase();
  return (Object.hasOwn(mailboxThresholds, mailbox) ? mailboxThresholds[mailbox] : undefined) ?? thresholds;
}

/** One line of an allow or block list. */
export interface ListEntry {
  readonly action: 'allow' | 'block';
  /** As `patternText` spells it. */
  readonly pattern: string;
  /** Address of the mailbox it belongs to; undefined: the whole domain. */
  readonly mailbox?: string;
  /** An allow entry that counts only with an aligned SPF or DKIM pass. */
  readonly authenticated: boolean;
  /** ISO 8601; from then on it no longer counts. */
  readonly expires?: string;
  readonly note?: string;
}

/** The operator's lists, at a revision of their stream. */
export interface ServiceLists {
  readonly revision: number;
  readonly lists: readonly ListEntry[];
}

export interface Policy {
  /** Revision of the domain's stream. */
  readonly revision: number;
  /** By check name; a check that is missing here is off. */
  readonly checks: Readonly<Record<string, CheckPolicy>>;
  readonly thresholds: Thresholds;
  /** Of mailboxes that have their own, by address in lower case. Missing: none has. */
  readonly mailboxThresholds?: Readonly<Record<string, Thresholds>>;
  readonly lists: readonly ListEntry[];
  /** The operator's lists, which stand below those of the domain. */
  readonly serviceLists: readonly ListEntry[];
  /** Revision of the stream that those are of. Missing: there never were any. */
  readonly serviceRevision?: number;
}
