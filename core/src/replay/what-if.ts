/** What proposed settings would have done: the recorded mail of a domain judged under both, folded mail by mail. */
import { checkNames } from '../decision/mail-judged.ts';
import type { Policy } from '../policy/policy.ts';
import { flipsOf } from './flips.ts';
import { judgeAgain, type PolicyAt } from './judge-again.ts';
import { createMissingCounts, type MissingCount, missingFor } from './missing.ts';
import type { RecordedDecision } from './read-decisions.ts';
import { createTally, type FlipReport } from './tally.ts';
import { createWindow } from './window.ts';

export interface WhatIfSetting {
  /**
   * The policy that the proposal is compared with, by the revision a mail was judged under: that of now shows what the
   * change does, that of then what it would have changed of what was done. Undefined: the revision is not there.
   */
  readonly against: PolicyAt;
  readonly proposed: Policy;
  /** Mails received before are left out; ISO 8601. */
  readonly since: string;
  /** Samples of each direction. */
  readonly samples: number;
}

export interface WhatIfReport {
  /** Decisions that were judged again. */
  readonly decisions: number;
  /** Decisions that cannot be judged again: personal parts erased, or damaged in the log (or of no known policy). */
  readonly erased: number;
  readonly damaged: number;
  /** Refused before, accepted under the proposal. */
  readonly toAccepted: FlipReport;
  /** Accepted before, refused under the proposal. A report only: accepted mail is delivered, and its body is not kept. */
  readonly toRefused: FlipReport;
  /** Another verdict or reason on the same side. */
  readonly otherwise: number;
  /** What could not be known, the most frequent first. */
  readonly missing: readonly MissingCount[];
}

export interface WhatIf {
  take(decision: RecordedDecision): void;
  report(): WhatIfReport;
}

export function createWhatIf({ against, proposed, since, samples }: WhatIfSetting): WhatIf {
  const [toAccepted, toRefused] = [createTally('before', { samples }), createTally('after', { samples })];
  const missing = createMissingCounts();
  const isInside = createWindow({ since });
  let [decisions, erased, damaged, otherwise] = [0, 0, 0, 0];

  return {
    take({ data, at, erased: isErased }) {
      if (!isInside(at)) return;
      const known = data === undefined ? undefined : against(data.policyRevision, data.serviceRevision);
      if (data === undefined || known === undefined) {
        if (isErased) erased += 1;
        else damaged += 1;
        return;
      }
      decisions += 1;
      const after = judgeAgain(data, proposed, at);
      const {
        accepted: [accepted],
        refused: [refused],
        otherwise: [other],
      } = flipsOf(judgeAgain(data, known, at), after);
      const unknown = missingFor({ ran: new Set(checkNames(data.ran)), facts: data.facts }, proposed, after);
      missing.add(unknown, accepted !== undefined || refused !== undefined);
      const policies = { before: known, after: proposed };
      if (accepted) toAccepted.add({ at, data, flip: accepted, missing: unknown, policies });
      if (refused) toRefused.add({ at, data, flip: refused, missing: unknown, policies });
      if (other) otherwise += 1;
    },
    report: () => ({
      decisions,
      erased,
      damaged,
      toAccepted: toAccepted.report(),
      toRefused: toRefused.report(),
      otherwise,
      missing: missing.report(),
    }),
  };
}
