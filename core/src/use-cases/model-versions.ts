/** Which versions of a learned model judged a domain's mail in a time, so that one of them can be named as an incident. */
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import {
  mergeModelVersions,
  type ModelVersionsFound,
  type ModelVersionsReport,
  type ModelVersionsSetting,
  reportVersions,
} from '../replay/model-versions.ts';
import type { CommandContext } from './context.ts';
import { askRuns, type ReplayWatch } from './replay.ts';

/** Edges can be away for days: a mail that came in the time may be in the log only later. */
const lateDays = 7;

/** Throws StoreUnavailable or ReplayFailed. */
export async function modelVersions(
  context: Pick<CommandContext, 'ports'>,
  question: ModelVersionsSetting & { readonly domainId: string },
  watch: ReplayWatch,
): Promise<Result<ModelVersionsReport, Refusal<'cancelled' | 'bad-undo'>>> {
  const { since, until } = question;
  const [from, to] = [Temporal.Instant.from(since), Temporal.Instant.from(until)];
  if (Temporal.Instant.compare(from, to) >= 0) return refuse('bad-undo', 'The time ends before it begins.');
  const range = { since, until: to.add({ hours: 24 * lateDays }).toString() };
  let found: ModelVersionsFound = { decisions: 0, versions: [] };
  const isWhole = await askRuns(context, { kind: 'model-versions', question, range }, watch, (answer) => {
    found = mergeModelVersions(found, answer);
  });
  return isWhole ? ok(reportVersions(found)) : refuse('cancelled', 'This was cancelled.');
}
