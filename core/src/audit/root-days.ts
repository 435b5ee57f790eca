/** The newest daily roots as one domain sees them: what each covers of it, and when it left the machine. */
import type { EventStore } from '../ports/event-store.ts';
import { leavesOfDay, readRoots } from './read-roots.ts';
import { rootsPublishedStream } from './root.ts';
import { lastRoot } from './sign-roots.ts';

export interface RootDay {
  /** By the log's clock, UTC, as 2026-11-22. */
  readonly day: string;
  /** Of the day's tree, 64 hex digits. */
  readonly root: string;
  /** Decisions of the domain in that day; undefined: it had never had one. */
  readonly decisions: number | undefined;
  readonly sent: readonly Sent[];
}

interface Sent {
  /** Name of the publisher: `webhook`, `mail`. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface RootDaysQuery {
  readonly domainId: string;
  /** Days at most. */
  readonly limit: number;
  /** Names of the ways out that are asked about. */
  readonly publishers: readonly string[];
}

/** The newest first. Reads as many streams as there are days. Throws StoreUnavailable. */
export async function rootDays(
  store: EventStore,
  { domainId, limit, publishers }: RootDaysQuery,
): Promise<readonly RootDay[]> {
  const last = await lastRoot(store);
  if (last === undefined) return [];
  const sent = (await Promise.all(publishers.map((by) => sentBy(store, by, limit)))).flat();
  const days: RootDay[] = [];
  for await (const { statement } of readRoots(store, { from: Math.max(0, last.revision + 1 - limit) })) {
    const { day, root } = statement;
    const decisions = await decisionsIn(store, day, domainId);
    const out = sent.filter((one) => one.day === day).map(({ by, at }) => ({ by, at }));
    days.push({ day, root, decisions, sent: out });
  }
  return days.toReversed();
}

async function decisionsIn(store: EventStore, day: string, domainId: string): Promise<number | undefined> {
  for await (const leaf of leavesOfDay(store, day)) if (leaf.domainId === domainId) return leaf.count;
  return undefined;
}

async function sentBy(
  store: EventStore,
  by: string,
  limit: number,
): Promise<readonly (Sent & { readonly day: string })[]> {
  const events = store.readStream(rootsPublishedStream(by), { direction: 'backwards', limit });
  return Array.fromAsync(events, ({ data, recordedAt }) => {
    // Nobody else writes to these streams.
    const { day } = data as { readonly day: string };
    return { day, by, at: recordedAt };
  });
}
