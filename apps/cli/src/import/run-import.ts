/** `archive import`: an edge whose mail comes from files, from the configuration to the summary. */
import { createHandOver } from '@sluice/core/import/hand-over.ts';
import { importMail } from '@sluice/core/import/import-mail.ts';
import { createImport, ImportRefused } from '@sluice/core/import/import-mails.ts';
import { admitDomain } from '@sluice/core/edge/transaction.ts';
import { followFeed } from '@sluice/core/edge/follow-feed.ts';
import { ship, type ShipNotice } from '@sluice/core/edge/ship.ts';
import { replyFor } from '@sluice/core/checks/registry.ts';
import type { IntakeClient } from '@sluice/core/ports/intake.ts';
import type { FoundFile } from '@sluice/core/ports/mail-files.ts';
import type { PinnedDomain, Replica } from '@sluice/core/ports/replica.ts';
import type { Config } from '@sluice/environment';
import { createIntakeClient } from '@sluice/intake-client';
import { systemClock } from '@sluice/node-crypto';
import { createPause } from '@sluice/sqlite-edge';
import { CommandFailed, refused, unavailable } from '../exit.ts';
import { type ImportEdge, openImportEdge } from './edge-parts.ts';
import { findIntake } from './find-intake.ts';
import { printImport, type Reporter, reportProgress } from './report.ts';
import { stopSignal } from './stop-signal.ts';

export interface RunOptions {
  /** Lower case. */
  readonly domain: string;
  readonly dns: boolean;
  readonly json: boolean;
  readonly limit?: number;
}

const pause = createPause();
/** How long the intake may be away before we give up: nothing is lost, and the next run goes on. */
const awayMs = 5 * 60_000;
const pollMs = 50;

export async function runImport(
  config: Config,
  files: AsyncIterable<FoundFile>,
  options: RunOptions,
): Promise<void> {
  const place = await findIntake(config);
  await using edge = await openImportEdge(config, { edge: place.edge, dns: options.dns });
  const intake = createIntakeClient(place);
  await learnPolicies(intake, edge.replica);
  const { domainId, name } = domainNamed(edge.replica, options.domain);

  const handOver = createHandOver(edge.outbox, edge.handedIn);
  const { limit, dns } = options;
  const decide = (mail: Parameters<Parameters<typeof createImport>[0]['decide']>[0]) =>
    importMail(edge.context, { ...mail, domain: domainNamed(edge.replica, name) }, { dns });
  const work = createImport(
    { handedIn: edge.handedIn, handOver, decide },
    { domainId, ...(limit === undefined ? {} : { limit }) },
  );

  using stop = stopSignal();
  using reporter = reportProgress(work.progress, options);
  const { signal } = stop;
  const away = watchAway(reporter, stop.stop);
  const end = new AbortController();
  const loops = [
    ship({ outbox: handOver.outbox, intake, pause }, end.signal, away),
    followFeed({ intake, replica: edge.replica, clock: systemClock, pause }, end.signal),
  ];
  const broken = Promise.all(loops).then(() => undefined, stop.stop);
  try {
    await shipEarlier(edge, signal);
    if (!signal.aborted) await work.run(files, signal);
  } catch (error) {
    stop.stop(asFailure(error, edge, place.edge));
  } finally {
    end.abort();
    await broken;
  }
  const stopped = signal.aborted;
  reporter[Symbol.dispose]();
  const ended = { domain: name, edge: place.edge, seconds: reporter.seconds(), stopped };
  printImport(work.progress, ended, options);
  if (stopped) throw stop.reason();
}

/** The policies as they are now; an edge that cannot ask for them would judge by old ones. */
async function learnPolicies(intake: Pick<IntakeClient, 'feed'>, replica: Replica): Promise<void> {
  for (;;) {
    const answer = await intake.feed(replica.position(), 0);
    if (!answer.ok) throw unavailable(answer.error.message);
    replica.apply(answer.value, systemClock.now());
    if (!answer.value.more) return;
  }
}

/** Throws where the domain takes no mail. */
function domainNamed(replica: Replica, name: string): PinnedDomain {
  const admission = admitDomain(name, replica, systemClock.now());
  if (!('refused' in admission)) return admission.domain;
  if (admission.domainId === undefined) throw refused(`There is no domain ${name}.`);
  throw refused(`${name}: ${replyFor(admission.refused).text}.`);
}

/** What an earlier run has left in the outbox, before anything new: then it is known what the intake has. */
async function shipEarlier({ outbox }: Pick<ImportEdge, 'outbox'>, signal: AbortSignal): Promise<void> {
  while (outbox.status().unshipped > 0 && !signal.aborted) await pause.sleep(pollMs, signal);
}

/** Says once that the intake is away, and gives up in the end. */
function watchAway(reporter: Reporter, giveUp: (reason: CommandFailed) => void) {
  let since: number | undefined;
  return (notice: ShipNotice): void => {
    if (notice.kind !== 'away') {
      since = undefined;
      return;
    }
    if (since === undefined) reporter.say(`${notice.message} Trying again for a while.`);
    since ??= performance.now();
    if (performance.now() - since > awayMs) {
      giveUp(unavailable(`${notice.message} Nothing is lost; run it again to go on.`));
    }
  };
}

function asFailure(error: unknown, { folder }: ImportEdge, edge: string): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (!(error instanceof ImportRefused)) return unavailable(`The import stopped: ${String(error)}.`);
  return refused(
    `${error.message} Nothing that follows it can be taken from ${edge}. If ${folder} was lost or put back from a backup, remove it and import under another name (SLUICE_EDGE_NAME).`,
  );
}
