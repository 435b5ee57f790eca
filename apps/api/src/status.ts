/** Would a mail sent now be judged, shown and releasable: the health of every part on its way. */
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { QuarantineIndex } from '@sluice/core/ports/quarantine-index.ts';
import type { Queues } from '@sluice/core/ports/queue.ts';
import { listProjections, type Postgres } from '@sluice/postgres';
import type { PartHealth } from '@sluice/telemetry';

export interface StatusParts {
  readonly store: EventStore;
  readonly postgres: Postgres;
  readonly queues: Queues;
  readonly quarantine: QuarantineIndex;
  /** Roles of other processes, with the address of their health endpoints; undefined: not known here, so not asked. */
  readonly roles: Readonly<Record<string, string | undefined>>;
}

const deadlineMs = 2_000;
/** All projections must have begun for the read side to be there at all. */
const expectedProjections = ['settings', 'mails', 'timeline', 'statistics', 'precision', 'quarantine'];

export async function statusOf(parts: StatusParts): Promise<Readonly<Record<string, PartHealth>>> {
  const roles = Object.entries(parts.roles).flatMap(([name, url]) =>
    url === undefined ? [] : [roleHealth(url).then((health) => [name, health] as const)],
  );
  const [store, database, queue, projections, ...others] = await Promise.all([
    parts.store.ping(deadlineMs),
    parts.postgres.ping(deadlineMs),
    parts.queues.ping(deadlineMs),
    projectionHealth(parts.postgres),
    ...roles,
  ]);
  return {
    eventstore: store.ok ? { ready: true } : { ready: false, message: store.error },
    postgres: database.ok ? { ready: true } : { ready: false, message: database.error },
    queue: queue ? { ready: true } : { ready: false, message: 'The queue does not answer.' },
    projections,
    ...Object.fromEntries(others),
  };
}

async function projectionHealth({ db }: Postgres): Promise<PartHealth> {
  try {
    const begun = new Set((await listProjections(db)).map((one) => one.projection));
    const missing = expectedProjections.filter((name) => !begun.has(name));
    if (missing.length === 0) return { ready: true };
    return { ready: false, message: `Not begun yet: ${missing.join(', ')}.` };
  } catch (error) {
    return { ready: false, message: String(error) };
  }
}

async function roleHealth(url: string): Promise<PartHealth> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(deadlineMs) });
    if (response.ok) return { ready: true };
    return {
      ready: false,
      message: `It answers ${response.status}: ${(await response.text()).slice(0, 300)}`,
    };
  } catch (error) {
    return {
      ready: false,
      message: `It does not answer (${error instanceof Error ? error.message : String(error)}).`,
    };
  }
}
