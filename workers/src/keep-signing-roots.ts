/** Signs the daily roots as they fall due, and sends them out; what fails is tried again at the next look. */
import { setTimeout as sleep } from 'node:timers/promises';
import { publishRoots } from '@sluice/core/audit/publish-roots.ts';
import { signDueRoots } from '@sluice/core/audit/sign-roots.ts';
import type { Clock } from '@sluice/core/ports/clock.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { RootPublisher } from '@sluice/core/ports/root-publisher.ts';
import type { RootSigner } from '@sluice/core/ports/root-signer.ts';
import type { Log } from '@sluice/telemetry';

export interface RootsPorts {
  readonly store: EventStore;
  readonly signer: RootSigner;
  readonly publishers: readonly RootPublisher[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A root is signed within so long after it is due. */
const everyMs = 5 * 60_000;

/** Until the signal aborts. Failure policy: told to the log, and tried again. */
export async function keepSigningRoots(ports: RootsPorts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await signAndPublish(ports, signal);
    } catch (error) {
      if (signal.aborted) return;
      ports.log.error({ error: String(error) }, 'Daily roots cannot be signed; trying again');
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function signAndPublish(ports: RootsPorts, signal: AbortSignal): Promise<void> {
  const { store, publishers, clock, log } = ports;
  const signed = await signDueRoots(ports, { now: clock.now(), signal });
  if (!signed.ok)
    log.warn({ error: signed.error.code }, 'A daily root was not taken by the log; trying again');
  else if (signed.value.length > 0) {
    log.info(
      { days: signed.value.length, last: signed.value.at(-1)?.statement.day },
      'Daily roots are signed',
    );
  }
  for (const publisher of publishers) {
    const published = await publishRoots(store, publisher, { now: clock.now(), signal });
    if (!published.ok) log.warn({ by: publisher.name, error: published.error }, 'A daily root was not sent');
    else if (published.value > 0)
      log.info({ by: publisher.name, roots: published.value }, 'Daily roots are sent');
  }
}
