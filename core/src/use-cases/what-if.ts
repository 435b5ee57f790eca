/** What-if: proposed settings over the domain's own recorded mail, before they are saved. Nothing is recorded of it. */
import type { DomainRefusal } from '../domain/refusal.ts';
import type { HandlingRefusal } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { mergeWhatIf } from '../replay/merge-reports.ts';
import { propose, type Proposal } from '../replay/proposal.ts';
import type { WhatIfReport } from '../replay/what-if.ts';
import type { CommandContext } from './context.ts';
import { domainAt } from './domains.ts';
import { askRuns, type ReplayWatch } from './replay.ts';
import { serviceListsAt } from './service-lists.ts';

export interface WhatIfRequest {
  readonly domainId: string;
  readonly proposal: Proposal;
  /** ISO 8601. */
  readonly since: string;
  /** What the proposal is compared with: the settings of now, or those of each mail's time. */
  readonly against: 'now' | 'then';
  /** Samples of each direction. */
  readonly samples: number;
}

export interface WhatIfAnswer extends WhatIfReport {
  /** Revision of the settings that the proposal changes. */
  readonly revision: number;
  /** The proposal in words. */
  readonly changes: readonly string[];
}

export type WhatIfRefusal = DomainRefusal | HandlingRefusal | Refusal<'no-domain' | 'cancelled'>;

/** Refused at once where saving it would be refused. Throws StoreUnavailable. */
export async function whatIf(
  context: CommandContext,
  { domainId, proposal, since, against, samples }: WhatIfRequest,
  watch: ReplayWatch,
): Promise<Result<WhatIfAnswer, WhatIfRefusal>> {
  const domain = await domainAt(context, domainId);
  if (!domain.ok) return domain;
  const { details, revision } = domain.value;
  const proposed = propose(details, proposal);
  if (!proposed.ok) return proposed;
  // The operator's lists stay as they are.
  const service = await serviceListsAt(context);
  const question = {
    domainId,
    ...(against === 'now' ? { against: effectivePolicy(details, revision, service) } : {}),
    proposed: effectivePolicy(proposed.value.details, revision + 1, service),
    since,
    samples,
  };
  let report: WhatIfReport | undefined;
  const isWhole = await askRuns(context, { kind: 'what-if', question, range: { since } }, watch, (answer) => {
    report = report === undefined ? answer : mergeWhatIf(report, answer, samples);
  });
  if (!isWhole || report === undefined) return refuse('cancelled', 'This was cancelled.');
  return ok({ revision, changes: proposed.value.changes, ...report });
}
