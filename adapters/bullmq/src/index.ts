/** Queues on BullMQ, kept in PostgreSQL or in Redis. */
export { connectQueues } from './connect-queues.ts';
export { QueuesUnavailable } from './deadline.ts';
export type { QueuesConnection, QueuesOptions } from './connect-queues.ts';
