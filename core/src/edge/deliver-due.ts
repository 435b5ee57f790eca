/** Delivers what an edge has accepted, from its outbox to the domains' routes, until told to stop. */
import type { DueDelivery } from '../ports/outbox.ts';
import {
  createAttempt,
  type DeliverNotice,
  type DeliverOptions,
  type DeliverPorts,
} from './deliver-due-attempt.ts';
import { createHostSlots } from './deliver-due-slots.ts';
import { createBell, type Bell } from './waiting.ts';

export type { DeliverNotice, DeliverOptions, DeliverPorts } from './deliver-due-attempt.ts';

/** Looked now and then although nothing rang, in ms. */
const idleMs = 60_000;

/**
 * Resolves once the signal is aborted and the attempts that were under way have been recorded, after `attemptMs` at the
 * latest. A mail is delivered twice only where SMTP itself cannot know: if the route's reply to the final dot is lost, or if
 * the process ends between that reply and our record of it. While the record cannot be written, the mail is held back.
 */
export async function deliverDue(
  ports: DeliverPorts,
  options: DeliverOptions,
  signal: AbortSignal,
  tell: (notice: DeliverNotice) => void = () => undefined,
): Promise<void> {
  const { concurrency = 50, perHost = 10 } = options;
  const bell = createBell(ports.pause, signal);
  ports.outbox.onChange(() => bell.ring());
  const attempt = createAttempt(ports, options, { signal, tell });
  const hosts = createHostSlots(perHost);
  const underWay = new Map<Promise<void>, string>();
  // What no port promises to throw is a fault of ours: it ends the loop, and is thrown.
  const fault = new AbortController();

  const start = (due: DueDelivery): void => {
    const work = hosts
      .within(ports.routeOf(due.domainId), () => attempt(due))
      .catch((error: unknown) => fault.abort(error))
      .finally(() => {
        underWay.delete(work);
        bell.ring();
      });
    underWay.set(work, due.domainId);
  };

  while (!signal.aborted && !fault.signal.aborted) {
    const free = concurrency - underWay.size;
    if (free <= 0) {
      await bell.wait(idleMs);
      continue;
    }
    const busy = busyDomains(underWay, perHost);
    // A few at a time, so that one domain gets no more than its share.
    const limit = Math.min(free, perHost);
    const due = ports.outbox.dueDeliveries(ports.clock.now(), limit, busy);
    for (const one of due) start(one);
    if (due.length < limit) await waitForMore(ports, bell, busy.size > 0);
  }
  await Promise.all(underWay.keys());
  fault.signal.throwIfAborted();
}

function busyDomains(underWay: ReadonlyMap<unknown, string>, perHost: number): ReadonlySet<string> {
  const counts = Map.groupBy(underWay.values(), (domainId) => domainId);
  return new Set([...counts].filter(([, mails]) => mails.length >= perHost).map(([domainId]) => domainId));
}

/** `isHeld`: what is due already may have to wait for a mail that is under way; the bell rings when that is through. */
async function waitForMore({ outbox, clock }: DeliverPorts, bell: Bell, isHeld: boolean): Promise<void> {
  const next = outbox.nextDue();
  const ms = next === undefined ? idleMs : millisecondsBetween(clock.now(), next);
  await bell.wait(isHeld && ms <= 0 ? idleMs : Math.min(Math.max(ms, 1), idleMs));
}

const millisecondsBetween = (from: string, to: string): number =>
  Temporal.Instant.from(to).epochMilliseconds - Temporal.Instant.from(from).epochMilliseconds;
