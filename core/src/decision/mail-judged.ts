/** The decision of one mail as an event: what was observed, what it came to, and its place in the edge's chain. */
import type { Envelope, Gathered } from '../checks/check.ts';
import { allChecks, checkNamed } from '../checks/registry.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { ChainLink } from '../kernel/chain.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';

/** What of the content is worth listing; under 1 kB. */
export interface ContentSummary {
  readonly subject: string;
  /** The From header as text, decoded. */
  readonly from: string;
  readonly messageId: string;
  readonly attachmentNames: readonly string[];
  /** First words of the text. */
  readonly excerpt: string;
}

export interface MailJudgedData {
  readonly mailId: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly score: number;
  /** Revision of the domain's stream under which it was judged, and how old the edge's copy of it was, in ms. */
  readonly policyRevision: number;
  readonly replicaAgeMs: number;
  /** Revision of the operator's lists under which it was judged. Missing: there were none. */
  readonly serviceRevision?: number;
  /** `engineVersion` of the judge. */
  readonly engine: number;
  /** Bit set of the checks that ran, hexadecimal, bit = number of the check. */
  readonly ran: string;
  /** Bit set of the checks that failed for a recipient, observing ones included. */
  readonly failed: string;
  /** Bytes and SHA-256 (hex) of the mail as received. */
  readonly size: number;
  readonly sha256: string;
  /** Whether the raw mail goes to the archive. */
  readonly kept: boolean;
  /** Verdict and reason a recipient, in the order of `envelope.recipients`. */
  readonly outcomes: readonly { readonly verdict: Verdict; readonly reason: string }[];
  readonly chain: ChainLink;
  /** Sealed from here on. */
  readonly envelope: Envelope;
  /** Sealed apart: only judging again needs it. */
  readonly facts: Readonly<Record<string, Gathered<unknown>>>;
  readonly summary: ContentSummary;
}

export type MailJudged = DomainEvent<'MailJudged', MailJudgedData>;

export const decisionFormats: EventFormats<MailJudged> = {
  MailJudged: { version: 1, sealed: ['envelope', 'facts', 'summary'], details: ['facts'] },
};

export const decisionsStream = (domainId: string): string => `decisions-${domainId}`;

/** Names of checks as a bit set, hexadecimal. */
export function checkBits(names: Iterable<string>): string {
  let bits = 0n;
  for (const name of names) bits |= 1n << BigInt(checkNamed(name)?.number ?? 0);
  return bits.toString(16);
}

/** Checks of a bit set that this version knows, in the order of the table. */
export function checkNames(bits: string): readonly string[] {
  const set = BigInt(`0x${bits}`);
  return allChecks.filter(({ number }) => (set >> BigInt(number)) & 1n).map(({ name }) => name);
}

/**
 * Checks that took part in a decision and are not installed here (of a third party, or of a newer version): their names
 * where a fact tells them, else “number 107”.
 */
export function missingChecks({ ran, facts }: Pick<MailJudgedData, 'ran' | 'facts'>): readonly string[] {
  const numbers = unknownNumbers(ran);
  const names = Object.keys(facts).filter((name) => checkNamed(name) === undefined);
  return names.length >= numbers.length ? names : [...names, ...numbers.map((number) => `number ${number}`)];
}

function unknownNumbers(bits: string): readonly number[] {
  const known = new Set(allChecks.map(({ number }) => number));
  const numbers: number[] = [];
  for (let rest = BigInt(`0x${bits}`), number = 0; rest > 0n; rest >>= 1n, number += 1) {
    if ((rest & 1n) === 1n && !known.has(number)) numbers.push(number);
  }
  return numbers;
}

/** Recipients for whom a decision keeps the mail in the quarantine. */
export function quarantinedFor(data: Pick<MailJudgedData, 'outcomes' | 'envelope'>): readonly string[] {
  return data.envelope.recipients.filter((_, index) => {
    const verdict = data.outcomes[index]?.verdict;
    return verdict === 'reject' || verdict === 'hold';
  });
}
