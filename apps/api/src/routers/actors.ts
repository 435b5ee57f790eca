/** Timelines with the names of those who did things. */
import type { Actor } from '@sluice/core/kernel/event.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { namesOfUsers } from '@sluice/postgres';
import type { Services } from '../services.ts';

/** Each item with `actorName`. */
export async function withActorNames<T extends { readonly actor: Actor }>(
  { scope, services }: { readonly scope: TenantScope; readonly services: Services },
  items: readonly T[],
): Promise<readonly (T & { readonly actorName: string })[]> {
  const users = new Set(items.flatMap(({ actor }) => (actor.kind === 'user' ? [actor.id] : [])));
  const names = await namesOfUsers(scope, services.db, [...users]);
  return items.map((item) => ({ ...item, actorName: nameOf(item.actor, names) }));
}

function nameOf({ kind, id }: Actor, users: ReadonlyMap<string, string>): string {
  switch (kind) {
    case 'operator':
      return 'Operator';
    case 'user':
      return users.get(id) ?? 'A former member';
    case 'edge':
      return `Edge ${id}`;
    case 'system':
      return 'Sluice';
    default:
      return kind satisfies never;
  }
}
