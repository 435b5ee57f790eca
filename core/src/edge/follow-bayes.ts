/** Keeps an edge's Bayes counts current: asks the intake for what was taught, again and again, until told to stop. */
import type { IntakeClient } from '../ports/intake.ts';
import type { BayesReplica } from '../ports/bayes-models.ts';
import type { Pause } from '../ports/pause.ts';
import { backoffMs } from './waiting.ts';

export interface BayesFeedPorts {
  readonly intake: Pick<IntakeClient, 'bayes'>;
  readonly models: BayesReplica;
  readonly pause: Pause;
}

/** What an operator may want to read in a log. */
export type BayesNotice =
  | { readonly kind: 'taught'; readonly models: number; readonly position: string }
  | { readonly kind: 'away'; readonly message: string; readonly retryInMs: number };

const askMs = 25_000;
const away = { firstMs: 1_000, maxMs: 60_000 };
/** Trainings come in bursts: what is taught within this time is fetched together. */
const breathMs = 1_000;

/** Resolves once the signal is aborted. While the intake is away the edge scores by what it has. */
export async function followBayes(
  { intake, models, pause }: BayesFeedPorts,
  signal: AbortSignal,
  tell: (notice: BayesNotice) => void = () => undefined,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const answer = await intake.bayes(models.position(), askMs, signal);
    if (signal.aborted) return;
    if (!answer.ok) {
      failures += 1;
      const retryInMs = backoffMs(failures, away);
      tell({ kind: 'away', message: answer.error.message, retryInMs });
      await pause.sleep(retryInMs, signal);
      continue;
    }
    failures = 0;
    const feed = answer.value;
    if (feed.models.length + feed.counts.length > 0 || models.position() === undefined) {
      await models.apply(feed);
    }
    if (feed.models.length > 0) tell({ kind: 'taught', models: feed.models.length, position: feed.next });
    if (!feed.more) await pause.sleep(breathMs, signal);
  }
}
