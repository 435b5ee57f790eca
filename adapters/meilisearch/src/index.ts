/** The quarantine index in Meilisearch. */
export { IndexReplaced, SearchRefused, SearchUnavailable } from './errors.ts';
export { openMeilisearchIndexes } from './open-quarantine-indexes.ts';
