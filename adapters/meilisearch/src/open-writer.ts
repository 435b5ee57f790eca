/** The writing side of one index: upserts and removals, and the checkpoint in the last task, after all before it succeeded. */
import type { QuarantineDocument, QuarantineIndexWriter } from '@sluice/core/ports/quarantine-index.ts';
import { documentId, type StoredMail, toStored } from './document.ts';
import { IndexReplaced } from './errors.ts';
import type { Server } from './server.ts';
import { type IndexState, readState } from './state.ts';

/** Meilisearch takes 100 MB at once by default. */
const maxBatchBytes = 16 * 1024 * 1024;

/**
 * Not atomic where a change has removals or more than one batch: Meilisearch has no transactions over tasks. A change that
 * was cut off has not moved the checkpoint; the projection writes it again, and every part of it may be repeated.
 */
export function createWriter(server: Server, uid: string, made: IndexState): QuarantineIndexWriter {
  const assertCurrent = async (): Promise<IndexState> => {
    const state = await readState(server, uid);
    if (state?.generation !== made.generation) throw new IndexReplaced();
    return state;
  };

  return {
    async write({ upsert, remove, checkpoint }) {
      const removed = new Set(remove);
      const [last = [], ...others] = inBatches(withoutRepetition(upsert, removed)).toReversed();
      const state = await assertCurrent();
      if (removed.size > 0) {
        const ids = [...removed].map(documentId);
        await server.perform((client) => client.index(uid).deleteDocuments(ids));
      }
      for (const batch of others.toReversed()) {
        await server.perform((client) => client.index(uid).addDocuments([...batch], { primaryKey: 'id' }));
      }
      const progress: IndexState = { ...state, checkpoint };
      await server.perform((client) =>
        client.index(uid).addDocuments([...last, progress], { primaryKey: 'id' }),
      );
    },
    checkpoint: async () => (await assertCurrent()).checkpoint,
    close: async () => undefined,
  };
}

/** Each mail once, as it was given last; removal goes over all. */
function withoutRepetition(
  upsert: readonly QuarantineDocument[],
  removed: ReadonlySet<string>,
): readonly StoredMail[] {
  const kept = upsert.filter(({ mailId }) => !removed.has(mailId)).map(toStored);
  return [...new Map(kept.map((mail) => [mail.id, mail])).values()];
}

function inBatches(mails: readonly StoredMail[]): readonly (readonly StoredMail[])[] {
  const batches: StoredMail[][] = [];
  let room = 0;
  for (const mail of mails) {
    const bytes = Buffer.byteLength(JSON.stringify(mail));
    if (room < bytes) {
      batches.push([]);
      room = maxBatchBytes;
    }
    batches.at(-1)?.push(mail);
    room -= bytes;
  }
  return batches;
}
