/** The part of the role that carries out orders which undo incidents. */
import type { MailLookup } from '@sluice/core/ports/mail-lookup.ts';
import { createUndoing, undoRetry } from '@sluice/core/use-cases/carry-out-undo.ts';
import { type FollowUndoPorts, keepFollowingUndos, queueOpenUndos } from './follow-undos.ts';

/** Turns are short; several orders can be under way. */
const concurrency = 2;

export async function startUndoing(following: FollowUndoPorts, lookup: MailLookup): Promise<AsyncDisposable> {
  const { ports, orders, queues } = following;
  const handler = createUndoing({ ports, lookup, orders, queues });
  const working = await queues.work('undo', handler, { concurrency, retry: undoRetry });
  await queueOpenUndos(following);
  const stopping = new AbortController();
  const followed = keepFollowingUndos(following, stopping.signal);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await followed;
      await working.close();
    },
  };
}
