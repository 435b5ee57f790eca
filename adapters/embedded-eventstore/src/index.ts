/** A small event store server that speaks the gRPC protocol of EventStoreDB over one SQLite file. */
export type { EmbeddedEventStore, EmbeddedEventStoreOptions } from './start.ts';
export type { User } from './access.ts';
export { AddressUnavailable, startEmbeddedEventStore } from './start.ts';
export type { BackupEvent, BackupFile } from './backup-file.ts';
export { openBackupFile } from './backup-file.ts';
export { StoreFileError, StoreFileInUse } from './store/database.ts';
