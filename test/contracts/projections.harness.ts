/** Projections at work on a centre, with the intake's use case to fill the log. */
import { join } from 'node:path';
import { createTakeBatch, type TakeBatch } from '@sluice/core/intake/take-batch.ts';
import type { QuarantineIndexes } from '@sluice/core/ports/quarantine-index.ts';
import { createIds, systemClock } from '@sluice/node-crypto';
import { createMessageInspector } from '@sluice/mime';
import { createProjectionMetrics, type Projections, runProjections } from '@sluice/projections';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { createMetrics, silentLog } from '@sluice/telemetry';
import { buildPack } from '@sluice/core/archive/build-pack.ts';
import type { Centre } from './intake.harness.ts';

export interface ReadSide {
  readonly projections: Projections;
  readonly indexes: QuarantineIndexes;
  close(): Promise<void>;
}

export async function startReadSide(
  centre: Centre,
  indexes: QuarantineIndexes = openQuarantineIndexes(join(centre.folder, 'quarantine')),
): Promise<ReadSide> {
  const inspector = createMessageInspector();
  const projections = await runProjections({
    db: centre.postgres.db,
    store: centre.store,
    vault: centre.vault,
    packs: centre.packs,
    indexes,
    inspector,
    log: silentLog,
    metrics: createProjectionMetrics(createMetrics('projections')),
    nowMs: Date.now,
  });
  return {
    projections,
    indexes,
    async close() {
      await projections.close();
      await inspector.close();
    },
  };
}

/** The intake without its server: a pack a batch. */
export function directIntake({ store, packs }: Centre): TakeBatch {
  const ids = createIds();
  return createTakeBatch({
    store,
    clock: systemClock,
    bodies: {
      async keep(mails) {
        const name = `test/${ids.next()}`;
        const pack = buildPack(mails, { name });
        await packs.put(name, pack.bytes);
        return pack.locations;
      },
    },
  });
}
