/** What all findings come to, for one recipient and for the whole mail. */

/** accept; tag: accepted and marked; hold: 250 and quarantined; reject: 5xx and quarantined; defer: 4xx, nothing kept. */
export type Verdict = 'accept' | 'tag' | 'hold' | 'reject' | 'defer';

export type FindingResult = 'pass' | 'fail' | 'none' | 'error' | 'not-configured' | 'skipped' | 'exempt';

/** Which list entry matched. */
export interface ListMatch {
  readonly action: 'allow' | 'block';
  readonly scope: 'mailbox' | 'domain' | 'service';
  readonly pattern: string;
  /** What whoever wrote the entry noted. */
  readonly note?: string;
}

/** What a check concluded from its fact under a policy. */
export interface Finding {
  readonly check: string;
  readonly result: FindingResult;
  /** Mode of the check in the policy. */
  readonly mode: 'observe' | 'score' | 'reject' | 'defer';
  /** Points it added; 0 unless it failed in mode `score`. */
  readonly score: number;
  /** Reason code of a failure. */
  readonly reason?: string;
  /** One plain sentence for people. */
  readonly sentence: string;
  readonly list?: ListMatch;
  /** Names of checks whose failures it turns into passes. */
  readonly rescues?: readonly string[];
  /** What of several askable things spoke against the mail: zones that list it, an SPF result. */
  readonly sources?: readonly string[];
  /** True for the finding that decided. */
  readonly decisive?: boolean;
}

export interface RecipientJudgement {
  readonly recipient: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly score: number;
  readonly findings: readonly Finding[];
  /** Of a mail that is held only because it was imported: what it would have been. */
  readonly otherwise?: Verdict;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Highest score of a recipient. */
  readonly score: number;
  /** One entry a recipient, in the order of the envelope. */
  readonly recipients: readonly RecipientJudgement[];
}
