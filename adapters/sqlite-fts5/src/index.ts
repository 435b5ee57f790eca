/** QuarantineIndex port on SQLite FTS5. */
export { IndexReplaced, openQuarantineIndexes } from './open-quarantine-indexes.ts';
