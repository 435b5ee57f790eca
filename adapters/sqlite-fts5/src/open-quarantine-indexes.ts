/** Keeps the quarantine index in a folder: opens the current file, and builds another one beside it. */
import { mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { QuarantineIndexes, QuarantineIndexWriter } from '@sluice/core/ports/quarantine-index.ts';
import { mailsPerBucket as manyMails } from './buckets.ts';
import { createCurrentIndex, type CurrentIndex } from './current-index.ts';
import { createReader } from './open-reader.ts';
import { createWriter } from './open-writer.ts';
import { finishRebuild, openForWriting, OtherLayout } from './schema.ts';

/**
 * One process writes, any number read. Nothing is held open here; the folder is made at the first writing. The methods
 * of readers and writers work synchronously behind their promises: a batch of 1,000 mails holds the process up for 0.1 to
 * 0.2 s (a rebuild now and then for a second, while it merges), a query for milliseconds.
 */
export function openQuarantineIndexes(
  folder: string,
  { mailsPerBucket = manyMails } = {},
): QuarantineIndexes {
  const current = createCurrentIndex(folder);

  const openWriter = (database: DatabaseSync, assertCurrent: () => void): QuarantineIndexWriter =>
    createWriter(database, { mailsPerBucket, assertCurrent });

  /** After a swap this writer's file is no longer anybody's: it must not go on as if it were. */
  const openLive = (path: string, name: string): QuarantineIndexWriter =>
    openWriter(openForWriting(path, 'live'), () => {
      if (current.read() !== name) throw new IndexReplaced();
    });

  return {
    async openWriter() {
      mkdirSync(folder, { recursive: true });
      return openCurrentWriter(current, openLive) ?? createFirst(current, openLive);
    },
    async openReader() {
      return createReader(current);
    },
    async startRebuild() {
      mkdirSync(folder, { recursive: true });
      current.removeOthers();
      const name = current.newName();
      const database = openForWriting(current.pathOf(name), 'rebuild');
      const writer = openWriter(database, () => undefined);
      return {
        writer,
        async swap() {
          await finishRebuild(database);
          await writer.close();
          const replaced = current.read();
          current.replace(name);
          if (replaced !== undefined && replaced !== name) current.remove(replaced);
        },
        async abandon() {
          await writer.close();
          if (current.read() !== name) current.remove(name);
        },
      };
    },
  };
}

type OpenLive = (path: string, name: string) => QuarantineIndexWriter;

/** undefined where there is none, or one of another version: its mails come again from the events. */
function openCurrentWriter(current: CurrentIndex, open: OpenLive): QuarantineIndexWriter | undefined {
  try {
    return current.openCurrent(open);
  } catch (error) {
    if (error instanceof OtherLayout) return undefined;
    throw error;
  }
}

function createFirst(current: CurrentIndex, open: OpenLive): QuarantineIndexWriter {
  const name = current.newName();
  const path = current.pathOf(name);
  openForWriting(path, 'live').close();
  current.replace(name);
  current.removeOthers();
  return open(path, name);
}

/** Thrown by a writer whose index was swapped for another one: open a new writer, it knows its own checkpoint. */
export class IndexReplaced extends Error {
  override readonly name = 'IndexReplaced';
  constructor() {
    super('the quarantine index was replaced by a new one: open its writer');
  }
}
