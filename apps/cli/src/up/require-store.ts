/** Asks an event store of the operator's own before anything is started: all roles would ask it in vain, again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { explainFailure, openRawLog, type RawLog } from '@sluice/eventstoredb';
import { usage } from '../exit.ts';

/** A store that does not answer by then is left to the roles, which wait for it. */
const deadlineMs = 5_000;

/** Throws usage where this connection string will never do; a store that is away may come back. */
export async function requireStore(url: string): Promise<void> {
  const waiting = new AbortController();
  try {
    await using log = openRawLog(url);
    await Promise.race([firstOf(log), sleep(deadlineMs, undefined, waiting)]);
  } catch (error) {
    const { message, isConfiguration } = explainFailure(error);
    if (isConfiguration) throw usage(`SLUICE_EVENTSTORE_URL: ${message}.`);
  } finally {
    waiting.abort();
  }
}

async function firstOf(log: RawLog): Promise<void> {
  for await (const _ of log.all()) return;
}
