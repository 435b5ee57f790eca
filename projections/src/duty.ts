/** One process builds the read models; others stand by and take over when it is gone. */
import type { ExclusiveLock } from '@sluice/postgres';
import type { Log, PartHealth } from '@sluice/telemetry';
import { messageOf, pauseUnlessAborted } from './pause.ts';
import type { Projections } from './run.ts';

export interface DutyOptions {
  /** The lock, undefined while another process has it. */
  readonly lock: () => Promise<ExclusiveLock | undefined>;
  readonly work: () => Promise<Projections>;
  readonly log: Log;
}

export interface Duty {
  health(): Readonly<Record<string, PartHealth>>;
  close(): Promise<void>;
}

const againMs = 1_000;

export function keepOnDuty({ lock, work, log }: DutyOptions): Duty {
  const stopping = new AbortController();
  let projections: Projections | undefined;
  let waitingFor = 'It has not begun yet.';

  const serve = async (held: ExclusiveLock): Promise<void> => {
    try {
      projections = await work();
      await untilAborted(AbortSignal.any([stopping.signal, held.lost]));
      if (!stopping.signal.aborted)
        log.warn({}, 'The connection that keeps others away is lost; beginning anew.');
    } finally {
      await projections?.close();
      projections = undefined;
      await release(held);
    }
  };

  const keep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const held = await lock();
        if (held === undefined) waitingFor = 'Another process builds the read models; this one stands by.';
        else await serve(held);
      } catch (error) {
        waitingFor = messageOf(error);
        log.warn({ error: waitingFor }, 'The projections cannot begin now; trying again.');
      }
      await pauseUnlessAborted(againMs, stopping.signal);
    }
  };
  const kept = keep();

  return {
    health() {
      if (projections === undefined) return { projections: { ready: false, message: waitingFor } };
      return Object.fromEntries(
        Object.entries(projections.states()).map(([name, { status, message }]) => [
          name,
          status === 'live' ? { ready: true } : { ready: false, message: message ?? `It is ${status}.` },
        ]),
      );
    },
    async close() {
      stopping.abort();
      await kept;
    },
  };
}

/** A lock that was lost cannot be given back. */
async function release(held: ExclusiveLock): Promise<void> {
  await held.release().catch(() => undefined);
}

const untilAborted = (signal: AbortSignal): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
};
