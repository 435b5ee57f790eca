/** The lists of a domain as people see them: every entry with who added it, and when. */
import type { ListEntry } from '@sluice/core/policy/policy.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { listedBy } from '@sluice/postgres';
import type { Services } from '../services.ts';
import { withActorNames } from './actors.ts';

interface Listed extends ListEntry {
  /** Undefined where the timeline is behind. */
  readonly addedBy: string | undefined;
  readonly addedAt: string | undefined;
}

type Key = Pick<ListEntry, 'action' | 'pattern'> & { readonly mailbox?: string | undefined };

const keyOf = ({ action, pattern, mailbox = '' }: Omit<Key, 'action'> & { readonly action: string }) =>
  `${action} ${mailbox} ${pattern}`;

/** The last added first. */
export async function listsWithAuthors(
  ctx: { readonly scope: TenantScope; readonly services: Services },
  domainId: string,
  lists: readonly ListEntry[],
): Promise<readonly Listed[]> {
  const additions = await withActorNames(ctx, await listedBy(ctx.scope, ctx.services.db, domainId));
  const byKey = new Map(additions.map((one) => [keyOf(one), one]));
  return lists.toReversed().map((entry) => {
    const addition = byKey.get(keyOf(entry));
    return { ...entry, addedBy: addition?.actorName, addedAt: addition?.at };
  });
}
