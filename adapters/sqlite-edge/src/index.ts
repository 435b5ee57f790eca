/** Outbox and replica of an edge on node:sqlite. */
export { type BayesReplicaOptions, openBayesReplica } from './bayes-replica.ts';
export { openHandedIn } from './handed-in.ts';
export { EdgeFileError } from './outbox-file.ts';
export { openOutbox } from './outbox.ts';
export type { OutboxOptions } from './outbox.ts';
export { createPause } from './pause.ts';
export { openReplica } from './replica.ts';
