/** Keeps the quarantine index on a Meilisearch server: opens the current one, and builds another one beside it. */
import type { QuarantineIndexes } from '@sluice/core/ports/quarantine-index.ts';
import { createReader } from './open-reader.ts';
import { TaskUnknown } from './errors.ts';
import { connectServer, type MeilisearchAddress } from './server.ts';
import { layout } from './settings.ts';
import { type IndexState, makeIndex, readState, removeIndex } from './state.ts';
import { createWriter } from './open-writer.ts';

/**
 * An index of another layout is begun anew: without a checkpoint it is filled from the events.
 *
 * Of the word that is being typed Meilisearch tries others from five letters on, whether or not it is found as it is: one
 * letter off, and the word in two.
 *
 * One process writes, any number read. Needs Meilisearch 1.10 or later (languages of attributes; 1.17 where an address is asked
 * for by a beginning, `shop*`), and of a query it reads ten terms. A key needs the actions `search`, `documents.*`,
 * `indexes.*`, `settings.*` and `tasks.get`, on both indexes (`sluice-quarantine*`).
 */
export function openMeilisearchIndexes(address: MeilisearchAddress): QuarantineIndexes {
  const server = connectServer(address);
  const current = address.name ?? 'sluice-quarantine';
  const next = `${current}-next`;

  const stateOfCurrent = async () => (await readState(server, current)) ?? (await makeIndex(server, current));

  /** To a key that is for some indexes only, Meilisearch does not show the task of a swap. */
  const untilCurrent = (made: IndexState): Promise<void> =>
    server.until(async () => {
      const state = await readState(server, current);
      return state?.generation === made.generation ? undefined : 'the new index is not the current one';
    });

  return {
    async openWriter() {
      const state = await stateOfCurrent();
      if (state.layout === layout) return createWriter(server, current, state);
      await removeIndex(server, current);
      return createWriter(server, current, await makeIndex(server, current));
    },
    openReader: async () => createReader(server, current),
    async startRebuild() {
      await removeIndex(server, next);
      const made = await makeIndex(server, next);
      const writer = createWriter(server, next, made);
      return {
        writer,
        async swap() {
          await stateOfCurrent();
          try {
            await server.perform((client) =>
              client.httpRequest.post({ path: 'swap-indexes', body: [{ indexes: [current, next] }] }),
            );
          } catch (error) {
            if (!(error instanceof TaskUnknown)) throw error;
            await untilCurrent(made);
          }
          await removeIndex(server, next);
        },
        abandon: () => removeIndex(server, next),
      };
    },
  };
}
