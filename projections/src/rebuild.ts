/** Rebuilds a projection beside the current one, and swaps when it is as far. Readers and all other projections go on. */
import type { Position } from '@sluice/core/kernel/event.ts';
import type { QuarantineIndexes } from '@sluice/core/ports/quarantine-index.ts';
import { abandonRebuild, beginRebuild, type Database, finishIndexes, swapRebuild } from '@sluice/postgres';
import type { FollowOptions, Observer } from './follow-options.ts';
import { follow } from './follow.ts';
import { createIndexTarget } from './index-target.ts';
import { nextTables, type PostgresProjection } from './postgres-target.ts';
import type { Projection } from './projection.ts';
import type { IndexChange } from './quarantine.ts';

/** What every rebuild needs beside its target. */
export type RebuildOptions = Pick<FollowOptions<never>, 'store' | 'log' | 'isTransient' | 'signal'> & {
  readonly db: Database;
  /** Events read so far, and how far that is. */
  progress(events: number, position: Position | undefined): void;
  /** Runs the last steps while nothing writes to the current projection. */
  whileHeld(work: () => Promise<void>): Promise<void>;
};

/** The rebuild could not be finished; the current projection is as it was. */
class RebuildFailed extends Error {
  override readonly name = 'RebuildFailed';
}

const createCounter = (options: RebuildOptions): Observer => {
  let events = 0;
  return {
    committed(batch, position) {
      events += batch.events.length;
      options.progress(events, position);
    },
    parked: () => undefined,
    stalled: () => undefined,
  };
};

export async function rebuildTables(projection: PostgresProjection, options: RebuildOptions): Promise<void> {
  const { db, signal } = options;
  const rebuild = { projection: projection.name, tables: projection.tables };
  const observer = createCounter(options);
  const catchUp = async (): Promise<void> => {
    await follow({ ...options, projection, target: nextTables(db, rebuild), observer, untilCaughtUp: true });
    if (signal.aborted) throw new RebuildFailed('it was interrupted');
  };
  await beginRebuild(db, rebuild);
  try {
    await catchUp();
    await finishIndexes(db, rebuild);
    // What came while the indexes were made; the rest, a moment's worth, while the current one is held.
    await catchUp();
    await options.whileHeld(async () => {
      await catchUp();
      if (!(await swapRebuild(db, rebuild)))
        throw new RebuildFailed('another process writes to this projection');
    });
  } catch (error) {
    await abandonRebuild(db, rebuild);
    throw error;
  }
}

export async function rebuildIndex(
  projection: Projection<IndexChange>,
  indexes: QuarantineIndexes,
  options: RebuildOptions,
): Promise<void> {
  const { db, signal } = options;
  const observer = createCounter(options);
  const rebuild = await indexes.startRebuild();
  // The writer outlives the single catch-ups: it is closed by the swap.
  const writer = { ...rebuild.writer, close: async () => undefined };
  const target = createIndexTarget({ db, name: projection.name, isCurrent: false, open: async () => writer });
  const catchUp = async (): Promise<void> => {
    await follow({ ...options, projection, target, observer, untilCaughtUp: true });
    if (signal.aborted) throw new RebuildFailed('it was interrupted');
  };
  try {
    await catchUp();
    await options.whileHeld(async () => {
      await catchUp();
      await rebuild.swap();
    });
  } catch (error) {
    await rebuild.abandon();
    throw error;
  }
}
