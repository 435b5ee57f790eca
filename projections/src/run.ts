/** All projections at work in this process, and the rebuilds that are ordered. */
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import type { QuarantineIndexes } from '@sluice/core/ports/quarantine-index.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import { createBodyReader } from '@sluice/core/projection/body-reader.ts';
import { beginProjection, type Database } from '@sluice/postgres';
import type { Log } from '@sluice/telemetry';
import { createIndexTarget } from './index-target.ts';
import { createMails } from './mails.ts';
import type { ProjectionMetrics } from './metrics.ts';
import { followOrders } from './orders.ts';
import { createPrecision } from './precision.ts';
import { currentTables, type PostgresProjection } from './postgres-target.ts';
import { projectionNames, type ProjectionName } from './projection.ts';
import { createQuarantine } from './quarantine.ts';
import { createEventReader } from './read-event.ts';
import { rebuildIndex, type RebuildOptions, rebuildTables } from './rebuild.ts';
import { type Runner, type RunnerState, startRunner } from './runner.ts';
import { createSettings } from './settings.ts';
import { createStatistics } from './statistics.ts';
import { createTimeline } from './timeline.ts';
import { createTraining } from './training.ts';
import { isTransient } from './transient.ts';

export interface ProjectionPorts {
  readonly db: Database;
  readonly store: EventStore;
  readonly vault: Vault;
  readonly packs: PackStore;
  readonly indexes: QuarantineIndexes;
  readonly inspector: MessageInspector;
  readonly log: Log;
  readonly metrics: ProjectionMetrics;
  readonly nowMs: () => number;
}

export interface Projections {
  states(): Readonly<Record<string, RunnerState>>;
  /** Builds a projection anew beside the current one and swaps. Throws RebuildFailed. */
  rebuild(name: ProjectionName, progress?: RebuildOptions['progress']): Promise<void>;
  close(): Promise<void>;
}

export async function runProjections(ports: ProjectionPorts): Promise<Projections> {
  const { db, store, log } = ports;
  const read = createEventReader(ports.vault);
  const tables: readonly PostgresProjection[] = [
    createSettings(read),
    createMails(read),
    createTimeline(read),
    createStatistics(),
    createPrecision(ports),
    createTraining(ports.vault),
  ];
  const makeQuarantine = () => createQuarantine({ ...ports, read, bodies: createBodyReader(ports.packs) });

  for (const name of projectionNames) await beginProjection(db, name);
  const shared = { ...ports, isTransient };
  const runners: readonly Runner[] = [
    ...tables.map((projection) =>
      startRunner({ ...shared, projection, target: currentTables(db, projection.name) }),
    ),
    startRunner({
      ...shared,
      projection: makeQuarantine(),
      target: createIndexTarget({
        db,
        name: 'quarantine',
        isCurrent: true,
        open: () => ports.indexes.openWriter(),
      }),
    }),
  ];

  const stopping = new AbortController();
  const rebuild = async (
    name: string,
    progress: RebuildOptions['progress'] = () => undefined,
  ): Promise<void> => {
    const runner = runners.find((one) => one.name === name);
    if (runner === undefined) throw new RangeError(`there is no projection “${name}”`);
    const options: RebuildOptions = {
      db,
      store,
      log,
      isTransient,
      signal: stopping.signal,
      progress,
      whileHeld: (work) => runner.whileHeld(work),
    };
    const projection = tables.find((one) => one.name === name);
    if (projection !== undefined) await rebuildTables(projection, options);
    else await rebuildIndex(makeQuarantine(), ports.indexes, options);
  };
  const orders = followOrders(db, { perform: rebuild, log, signal: stopping.signal });

  return {
    states: () => Object.fromEntries(runners.map((runner) => [runner.name, runner.state()])),
    rebuild,
    async close() {
      stopping.abort();
      await orders;
      await Promise.all(runners.map((runner) => runner.close()));
    },
  };
}
