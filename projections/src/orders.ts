/** Carries out the orders that the api writes into a table: rebuilds, one at a time, with their progress. */
import { type Database, nextOrder, type RebuildOrder, reportOrder } from '@sluice/postgres';
import type { Log } from '@sluice/telemetry';
import type { RebuildOptions } from './rebuild.ts';
import { messageOf, pauseUnlessAborted } from './pause.ts';

/** Performs the rebuild of a projection, or says that there is none of that name. */
export type PerformRebuild = (name: string, progress: RebuildOptions['progress']) => Promise<void>;

const lookMs = 500;
const reportMs = 500;

/** Until the signal aborts. An order that was interrupted is begun anew by the next process. */
export async function followOrders(
  db: Database,
  {
    perform,
    log,
    signal,
  }: { readonly perform: PerformRebuild; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const order = await nextOrder(db);
      if (order !== undefined) await carryOut(db, order, { perform, log, signal });
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'Orders for projections cannot be looked up now; trying again.');
    }
    await pauseUnlessAborted(lookMs, signal);
  }
}

async function carryOut(
  db: Database,
  { id, projection }: RebuildOrder,
  {
    perform,
    log,
    signal,
  }: { readonly perform: PerformRebuild; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  log.info({ projection }, 'A rebuild begins.');
  const began = performance.now();
  let total = 0;
  let reported = 0;
  let reporting: Promise<void> = Promise.resolve();
  await reportOrder(db, id, { state: 'running', events: 0 });
  try {
    await perform(projection, (events, position) => {
      total = events;
      if (performance.now() - reported < reportMs) return;
      reported = performance.now();
      reporting = reportOrder(db, id, { events, position: position?.toString() }).catch(() => undefined);
    });
    await reporting;
    await reportOrder(db, id, { state: 'done', events: total });
    const seconds = Math.round(performance.now() - began) / 1_000;
    log.info({ projection, events: total, seconds }, 'The rebuilt projection is the current one.');
  } catch (error) {
    await reporting;
    if (signal.aborted) return;
    log.error({ projection, error: messageOf(error) }, 'A rebuild failed; the projection is as it was.');
    await reportOrder(db, id, { state: 'failed', events: total, message: messageOf(error) });
  }
}
