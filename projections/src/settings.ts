/** Projection: accounts and members, users, and domains with their settings, each as its last event left it. */
import { accountDecider } from '@sluice/core/account/account.decider.ts';
import type { AccountEvent } from '@sluice/core/account/account.ts';
import type { DomainEvents } from '@sluice/core/domain/domain.ts';
import { evolveDomain } from '@sluice/core/domain/evolve.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { ListEntry } from '@sluice/core/policy/policy.ts';
import {
  serviceListsDecider,
  type ServiceListEvent,
  serviceListsStream,
} from '@sluice/core/service/service-lists.ts';
import { userDecider } from '@sluice/core/user/user.decider.ts';
import type { UserEvent } from '@sluice/core/user/user.ts';
import {
  type DatabaseTransaction,
  loadAccounts,
  loadDomains,
  loadServiceLists,
  loadUsers,
  type StoredAccount,
  type StoredDomain,
  type StoredUser,
  upsertAccounts,
  upsertDomains,
  upsertServiceLists,
  upsertUsers,
} from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';
import type { Opened, ReadEvents } from './read-event.ts';

export const createSettings = (read: ReadEvents): PostgresProjection => ({
  name: 'settings',
  tables: ['accounts', 'users', 'members', 'domains', 'service_lists'],
  streamPrefixes: ['account-', 'user-', 'domain-', serviceListsStream],
  // Edges judge by these rows: better the settings of before than settings with a change missing in the middle.
  failure: { retries: 3, atLast: 'stop' },
  batchEvents: 1_000,
  async prepare(events) {
    const opened = await read(events);
    return async (tx) => {
      await projectAccounts(tx, byStream(opened, 'account-'));
      await projectUsers(tx, byStream(opened, 'user-'));
      await projectDomains(tx, byStream(opened, 'domain-'));
      await projectServiceLists(tx, byStream(opened, serviceListsStream).get('') ?? []);
    };
  },
});

/** Events by the id in the name of their stream, in order. */
function byStream(opened: readonly Opened[], prefix: string): ReadonlyMap<string, readonly Opened[]> {
  const streams = new Map<string, Opened[]>();
  for (const one of opened) {
    const { stream } = one.recorded;
    if (!stream.startsWith(prefix)) continue;
    const id = stream.slice(prefix.length);
    const events = streams.get(id);
    if (events === undefined) streams.set(id, [one]);
    else events.push(one);
  }
  return streams;
}

/** Erased and unknown events change nothing but the revision and the position of the row. */
function foldOpen<TState, TEvent>(
  state: TState,
  opened: readonly Opened[],
  evolve: (state: TState, event: TEvent) => TState,
): TState {
  let current = state;
  // The stream says of which aggregate an event is.
  for (const one of opened) if (one.status === 'open') current = evolve(current, one.event as TEvent);
  return current;
}

const standing = (opened: readonly Opened[]): { revision: number; position: string } => {
  const last = opened.at(-1)?.recorded;
  return { revision: last?.revision ?? 0, position: String(last?.position ?? 0) };
};

async function projectAccounts(
  tx: DatabaseTransaction,
  streams: ReadonlyMap<string, readonly Opened[]>,
): Promise<void> {
  if (streams.size === 0) return;
  const stored = new Map((await loadAccounts(tx, [...streams.keys()])).map((one) => [one.accountId, one]));
  const accounts = [...streams].flatMap(([accountId, opened]): StoredAccount[] => {
    const before = stored.get(accountId);
    const state = foldOpen<Parameters<typeof accountDecider.evolve>[0], AccountEvent>(
      before?.state ?? accountDecider.initialState,
      newerThan(opened, before),
      (current, event) => accountDecider.evolve(current, event),
    );
    return state.status === 'none' ? [] : [{ accountId, state, ...standing(opened) }];
  });
  await upsertAccounts(tx, accounts);
}

async function projectUsers(
  tx: DatabaseTransaction,
  streams: ReadonlyMap<string, readonly Opened[]>,
): Promise<void> {
  if (streams.size === 0) return;
  const stored = new Map((await loadUsers(tx, [...streams.keys()])).map((one) => [one.userId, one]));
  const users = [...streams].flatMap(([userId, opened]): StoredUser[] => {
    const before = stored.get(userId);
    const state = foldOpen<Parameters<typeof userDecider.evolve>[0], UserEvent>(
      before?.state ?? userDecider.initialState,
      newerThan(opened, before),
      (current, event) => userDecider.evolve(current, event),
    );
    return state.status === 'none' ? [] : [{ userId, state, ...standing(opened) }];
  });
  await upsertUsers(tx, users);
}

async function projectDomains(
  tx: DatabaseTransaction,
  streams: ReadonlyMap<string, readonly Opened[]>,
): Promise<void> {
  if (streams.size === 0) return;
  const stored = new Map((await loadDomains(tx, [...streams.keys()])).map((one) => [one.domainId, one]));
  const domains = [...streams].flatMap(([domainId, opened]): StoredDomain[] => {
    const before = stored.get(domainId);
    const state = foldOpen<Parameters<typeof evolveDomain>[0], DomainEvents>(
      before?.state ?? { status: 'none' },
      newerThan(opened, before),
      evolveDomain,
    );
    if (state.status === 'none') return [];
    const removedAt = removalOf(opened)?.metadata.at ?? before?.removedAt;
    return [{ domainId, state, removedAt, ...standing(opened) }];
  });
  await upsertDomains(tx, domains);
}

async function projectServiceLists(tx: DatabaseTransaction, opened: readonly Opened[]): Promise<void> {
  if (opened.length === 0) return;
  const before = await loadServiceLists(tx);
  const lists = foldOpen<readonly ListEntry[], ServiceListEvent>(
    before?.lists ?? serviceListsDecider.initialState,
    newerThan(opened, before),
    (current, event) => serviceListsDecider.evolve(current, event),
  );
  await upsertServiceLists(tx, { lists, ...standing(opened) });
}

const newerThan = (
  opened: readonly Opened[],
  before: { readonly revision: number } | undefined,
): readonly Opened[] => opened.filter(({ recorded }) => recorded.revision > (before?.revision ?? -1));

const removalOf = (opened: readonly Opened[]): RecordedEvent | undefined =>
  opened.find(({ recorded }) => recorded.type === 'DomainRemoved')?.recorded;
