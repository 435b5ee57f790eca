/** Read models in PostgreSQL: rows and checkpoint in one transaction, in the current tables or in those of a rebuild. */
import {
  advance,
  type Database,
  type DatabaseTransaction,
  parkEvent,
  readCheckpoint,
  type Rebuild,
  rebuildName,
  rebuildSchema,
} from '@sluice/postgres';
import type { Projection, Target } from './projection.ts';

export type Write = (tx: DatabaseTransaction) => Promise<void>;

export interface PostgresProjection extends Projection<Write> {
  /** Tables that it alone writes. */
  readonly tables: readonly string[];
}

/** The current tables. */
export const currentTables = (db: Database, projection: string): Target<Write> =>
  createTarget(db, { projection });

/** The tables that a rebuild fills. */
export const nextTables = (db: Database, rebuild: Rebuild): Target<Write> =>
  createTarget(db, { projection: rebuildName(rebuild), schema: rebuildSchema(rebuild) });

const createTarget = (
  db: Database,
  place: { readonly projection: string; readonly schema?: string },
): Target<Write> => ({
  checkpoint: () => readCheckpoint(db, place.projection),
  commit: (write, step) => advance(db, { ...place, ...step }, async (tx) => write?.(tx)),
  park: (event, reason, step) =>
    advance(db, { ...place, ...step }, (tx) => parkEvent(tx, place.projection, event, reason)),
  close: async () => undefined,
});
