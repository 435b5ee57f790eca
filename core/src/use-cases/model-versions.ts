/** Which versions of a learned model judged a domain's mail in a time, so that one of them can be named as an incident. */
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import {
  createModelVersions,
  type ModelVersionsReport,
  type ModelVersionsSetting,
} from '../replay/model-versions.ts';
import type { CommandContext } from './context.ts';
import { goOver, type ReplayWatch } from './replay.ts';

/** Edges can be away for days: a mail that came in the time may be in the log only later. */
const lateDays = 7;

/** Throws StoreUnavailable. */
export async function modelVersions(
  context: Pick<CommandContext, 'ports'>,
  { domainId, ...setting }: ModelVersionsSetting & { readonly domainId: string },
  watch: ReplayWatch,
): Promise<Result<ModelVersionsReport, Refusal<'cancelled' | 'bad-undo'>>> {
  const { since, until } = setting;
  const [from, to] = [Temporal.Instant.from(since), Temporal.Instant.from(until)];
  if (Temporal.Instant.compare(from, to) >= 0) return refuse('bad-undo', 'The time ends before it begins.');
  const fold = createModelVersions(setting);
  const range = { since, until: to.add({ hours: 24 * lateDays }).toString() };
  const isWhole = await goOver(context, { domainId, range }, watch, (decision) => fold.take(decision));
  return isWhole ? ok(fold.report()) : refuse('cancelled', 'This was cancelled.');
}
