/** Reports on neighbouring runs of decisions put together: the report on both, as if they had been one run. */
import { type MissingCount, missingInOrder, missingText } from './missing.ts';
import { type Count, type FlipReport, inOrder } from './tally.ts';
import type { UndoReport } from './undo.ts';
import type { WhatIfReport } from './what-if.ts';

/** `later` is of the decisions that follow; `samples`: of each direction, as both were made with. */
export const mergeWhatIf = (earlier: WhatIfReport, later: WhatIfReport, samples: number): WhatIfReport => ({
  decisions: earlier.decisions + later.decisions,
  erased: earlier.erased + later.erased,
  damaged: earlier.damaged + later.damaged,
  toAccepted: mergeFlips(earlier.toAccepted, later.toAccepted, samples),
  toRefused: mergeFlips(earlier.toRefused, later.toRefused, samples),
  otherwise: earlier.otherwise + later.otherwise,
  missing: mergeMissing(earlier.missing, later.missing),
});

/** As `mergeWhatIf`. */
export const mergeUndo = (earlier: UndoReport, later: UndoReport, samples: number): UndoReport => ({
  decisions: earlier.decisions + later.decisions,
  erased: earlier.erased + later.erased,
  damaged: earlier.damaged + later.damaged,
  disagreeing: earlier.disagreeing + later.disagreeing,
  toAccepted: mergeFlips(earlier.toAccepted, later.toAccepted, samples),
  notKept: earlier.notKept + later.notKept,
  toRefused: mergeFlips(earlier.toRefused, later.toRefused, samples),
  missing: mergeMissing(earlier.missing, later.missing),
});

const mergeFlips = (earlier: FlipReport, later: FlipReport, samples: number): FlipReport => ({
  mails: earlier.mails + later.mails,
  uncertain: earlier.uncertain + later.uncertain,
  reasons: mergeCounts(earlier.reasons, later.reasons),
  checks: mergeCounts(earlier.checks, later.checks),
  // The newest first.
  samples: [...later.samples, ...earlier.samples].slice(0, samples),
});

function mergeCounts(earlier: readonly Count[], later: readonly Count[]): readonly Count[] {
  const merged = new Map(earlier.map((one) => [one.name, one]));
  for (const one of later) {
    merged.set(one.name, { ...one, count: one.count + (merged.get(one.name)?.count ?? 0) });
  }
  return inOrder(merged.values());
}

function mergeMissing(
  earlier: readonly MissingCount[],
  later: readonly MissingCount[],
): readonly MissingCount[] {
  const merged = new Map(earlier.map((one) => [missingText(one), one]));
  for (const one of later) {
    const known = merged.get(missingText(one));
    const mails = one.mails + (known?.mails ?? 0);
    merged.set(missingText(one), { ...one, mails, flips: one.flips + (known?.flips ?? 0) });
  }
  return missingInOrder(merged.values());
}
