/** What an incident did: the mails of a time judged again without what was wrong, under the policies of their time. */
import { checkNames, type MailJudgedData, quarantinedFor } from '../decision/mail-judged.ts';
import type { Policy } from '../policy/policy.ts';
import { type Flips, flipsOf } from './flips.ts';
import { createRemoval, type Incident } from './incident.ts';
import { judgeAgain, type PolicyAt } from './judge-again.ts';
import { createMissingCounts, type MissingCount, missingFor } from './missing.ts';
import type { RecordedDecision } from './read-decisions.ts';
import { createTally, type FlipReport } from './tally.ts';
import { createWindow } from './window.ts';

export interface UndoSetting {
  readonly incident: Incident;
  /** When the mails came; `since` included, `until` not; ISO 8601. */
  readonly since: string;
  readonly until: string;
  readonly policyAt: PolicyAt;
  readonly samples: number;
}

export interface UndoReport {
  /** Decisions of the time. */
  readonly decisions: number;
  readonly erased: number;
  readonly damaged: number;
  /** Decisions that come to another verdict today, with all findings: they are left alone. */
  readonly disagreeing: number;
  /** Refused because of the incident alone, and kept: these can be released. */
  readonly toAccepted: FlipReport;
  /** As the above, but no copy was kept: put off, or refused before their data. */
  readonly notKept: number;
  /** Accepted because of the incident alone. A report only: they are delivered. */
  readonly toRefused: FlipReport;
  /** Checks that had not run on the mails that flip: nobody knows what they would have said. */
  readonly missing: readonly MissingCount[];
}

/** A mail that can be released. */
export interface UndoneMail {
  readonly mailId: string;
  /** Places in the envelope of those who are to get it; undefined: all for whom it is in the quarantine. */
  readonly recipients?: readonly number[];
}

export interface Undo {
  /** The mail, where it can be released. */
  take(decision: RecordedDecision): UndoneMail | undefined;
  report(): UndoReport;
}

export function createUndo({ incident, since, until, policyAt, samples }: UndoSetting): Undo {
  const [toAccepted, toRefused] = [createTally('before', { samples }), createTally('after', { samples })];
  const missing = createMissingCounts();
  const isInside = createWindow({ since, until });
  const withoutIt = createRemoval(incident);
  let [decisions, erased, damaged, disagreeing, notKept] = [0, 0, 0, 0, 0];

  const takeOpened = (data: MailJudgedData, policy: Policy, at: string): UndoneMail | undefined => {
    const changed = withoutIt(data, policy);
    if (changed === undefined) return undefined;
    const before = judgeAgain(data, policy, at);
    if (before.verdict !== data.verdict || before.reason !== data.reason) {
      disagreeing += 1;
      return undefined;
    }
    const after = judgeAgain(data, changed, at);
    const flips = flipsOf(before, after);
    if (flips.accepted.length === 0 && flips.refused.length === 0) return undefined;
    const unknown = missingFor({ ran: new Set(checkNames(data.ran)), facts: data.facts }, changed, after);
    const about = {
      at,
      data,
      missing: unknown,
      policies: { before: policy, after: policy },
    };
    const [accepted] = flips.accepted;
    const [refused] = flips.refused;
    if (refused !== undefined) toRefused.add({ ...about, flip: refused });
    if (accepted === undefined) return undefined;
    if (!data.kept) {
      notKept += 1;
      return undefined;
    }
    missing.add(unknown, true);
    toAccepted.add({ ...about, flip: accepted });
    return undoneMail(data, flips);
  };

  return {
    take({ data, at, erased: isErased }) {
      if (!isInside(at)) return undefined;
      decisions += 1;
      if (data === undefined) {
        if (isErased) erased += 1;
        else damaged += 1;
        return undefined;
      }
      // What came from an archive was answered long ago by somebody else, and delivered or not.
      if (data.envelope.imported === true) return undefined;
      const policy = policyAt(data.policyRevision, data.serviceRevision);
      if (policy !== undefined) return takeOpened(data, policy, at);
      damaged += 1;
      return undefined;
    },
    report: () => ({
      decisions,
      erased,
      damaged,
      disagreeing,
      toAccepted: toAccepted.report(),
      notKept,
      toRefused: toRefused.report(),
      missing: missing.report(),
    }),
  };
}

function undoneMail(data: MailJudgedData, { accepted }: Flips): UndoneMail {
  const isAll = accepted.length === quarantinedFor(data).length;
  return { mailId: data.mailId, ...(isAll ? {} : { recipients: accepted.map(({ place }) => place) }) };
}
