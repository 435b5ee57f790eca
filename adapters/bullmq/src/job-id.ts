/**
 * Our ids may be any text. BullMQ takes no colon in one and no integer, and on Redis it keeps a job under a key beside its
 * own ones, so that a job named `delayed` would destroy the queue.
 */
const prefix = 'job-';

/** An id as BullMQ stores it. */
export const toStoredId = (id: string): string => prefix + id.replaceAll('%', '%25').replaceAll(':', '%3A');

export const fromStoredId = (stored: string): string =>
  stored.slice(prefix.length).replaceAll('%3A', ':').replaceAll('%25', '%');
