/** The quarantine index as a target: it keeps its own checkpoint, which is noted in PostgreSQL for whoever waits for it. */
import type { QuarantineIndexWriter } from '@sluice/core/ports/quarantine-index.ts';
import { CheckpointMoved, type Database, noteCheckpoint, parkEvent } from '@sluice/postgres';
import type { Step, Target } from './projection.ts';
import type { IndexChange } from './quarantine.ts';

export interface IndexTargetOptions {
  readonly db: Database;
  /** Name of the projection. */
  readonly name: string;
  /** Whether this is the index that readers see, so that its checkpoint is to be noted. */
  readonly isCurrent: boolean;
  /** Asked for when the first event comes, and again after `close`. */
  readonly open: () => Promise<QuarantineIndexWriter>;
}

export function createIndexTarget({ db, name, isCurrent, open }: IndexTargetOptions): Target<IndexChange> {
  let writer: Promise<QuarantineIndexWriter> | undefined;
  const opened = (): Promise<QuarantineIndexWriter> => (writer ??= open());

  const write = async (change: IndexChange | undefined, { from, to }: Step): Promise<void> => {
    const index = await opened();
    if ((await index.checkpoint()) !== from)
      throw new CheckpointMoved(`${name} is no longer at ${from ?? 'its start'}`);
    await index.write({ upsert: change?.upsert ?? [], remove: change?.remove ?? [], checkpoint: to });
    if (isCurrent) await noteCheckpoint(db, name, to);
  };

  return {
    checkpoint: async () => (await opened()).checkpoint(),
    commit: write,
    async park(event, reason, step) {
      await parkEvent(db, name, event, reason);
      await write(undefined, step);
    },
    async close() {
      const closing = writer;
      writer = undefined;
      if (closing !== undefined) await (await closing).close();
    },
  };
}
