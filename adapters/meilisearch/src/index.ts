/** The quarantine index in Meilisearch. */
export {};
