/** Flips of one direction, counted and sampled as they stream by: memory stays the same however many there are. */
import { checkNamed, reasonTitle } from '../checks/registry.ts';
import type { MailJudgedData } from '../decision/mail-judged.ts';
import type { Policy } from '../policy/policy.ts';
import { causesOf, type Flip, reasonOf, type SideView, sideView } from './flips.ts';
import { type Missing, missingText } from './missing.ts';

export interface Count {
  readonly name: string;
  readonly title: string;
  readonly count: number;
}

export interface FlipSample {
  readonly mailId: string;
  /** When the mail came, ISO 8601. */
  readonly at: string;
  readonly sender: string;
  readonly from: string;
  readonly subject: string;
  readonly recipient: string;
  /** Verdict and reason as recorded. */
  readonly recorded: { readonly verdict: string; readonly reason: string };
  /** Whether a copy was kept. */
  readonly kept: boolean;
  readonly before: SideView;
  readonly after: SideView;
  /** Facts that were missing, without which the mail may have been judged differently: “dnsbl (zen.example)”. */
  readonly missing: readonly string[];
}

export interface FlipReport {
  readonly mails: number;
  /** Those of them for which facts were missing. */
  readonly uncertain: number;
  /** Reasons of the refusal that falls or comes, the most frequent first. */
  readonly reasons: readonly Count[];
  /** Checks that decided the refusal or whose points were in its sum; a mail may count for several. */
  readonly checks: readonly Count[];
  /** The newest first. */
  readonly samples: readonly FlipSample[];
}

export interface TalliedMail {
  readonly at: string;
  readonly data: MailJudgedData;
  readonly flip: Flip;
  readonly missing: readonly Missing[];
  /** That judged the two sides. */
  readonly policies: { readonly before: Policy; readonly after: Policy };
}

export interface Tally {
  add(mail: TalliedMail): void;
  report(): FlipReport;
}

/** `refusal`: which side of the flips is the refusal, whose reason and checks are counted. */
export function createTally(refusal: 'before' | 'after', options: { readonly samples: number }): Tally {
  const reasons = new Map<string, number>();
  const checks = new Map<string, number>();
  let newest: TalliedMail[] = [];
  let [mails, uncertain] = [0, 0];
  return {
    add(mail) {
      mails += 1;
      if (mail.missing.length > 0) uncertain += 1;
      const side = mail.flip[refusal];
      increase(reasons, reasonOf(side));
      for (const { check } of causesOf(side)) increase(checks, check);
      newest.push(mail);
      // Cut now and then, so that a sample costs no shifting of all others.
      if (newest.length > 2 * options.samples) newest = newest.slice(-options.samples);
    },
    report: () => ({
      mails,
      uncertain,
      reasons: counts(reasons, reasonTitle),
      checks: counts(checks, checkTitle),
      samples: (options.samples === 0 ? [] : newest.slice(-options.samples)).toReversed().map(sampleOf),
    }),
  };
}

const checkTitle = (check: string): string => checkNamed(check)?.title ?? check;

const increase = (counted: Map<string, number>, name: string): void => {
  counted.set(name, (counted.get(name) ?? 0) + 1);
};

const counts = (counted: ReadonlyMap<string, number>, titleOf: (name: string) => string): readonly Count[] =>
  inOrder(counted.entries().map(([name, count]) => ({ name, title: titleOf(name), count })));

/** The most frequent first. */
export const inOrder = (counts: Iterable<Count>): readonly Count[] =>
  [...counts].toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name));

function sampleOf({ at, data, flip, missing, policies }: TalliedMail): FlipSample {
  return {
    mailId: data.mailId,
    at,
    sender: data.envelope.sender,
    from: data.summary.from,
    subject: data.summary.subject,
    recipient: flip.before.recipient,
    recorded: { verdict: data.verdict, reason: data.reason },
    kept: data.kept,
    before: sideView(flip.before, policies.before),
    after: sideView(flip.after, policies.after),
    missing: missing.map(missingText),
  };
}
