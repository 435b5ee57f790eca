/** Gives SQLite's write-ahead log its full length beforehand. */
import { closeSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Bytes in the log after which SQLite moves them into the database and begins the log anew. */
const logBytes = 8_192_000;

/** Pages of this size in such a log. */
export const pagesOfLog = (pageBytes: number): number => Math.floor(logBytes / pageBytes);

/** The header of a frame, beside its page, https://sqlite.org/walformat.html */
const frameHeaderBytes = 24;

/** A group of appends may come on top of the last page. */
const reservedBytes = (pageBytes: number): number =>
  Math.ceil((pagesOfLog(pageBytes) * (pageBytes + frameHeaderBytes) * 1.1) / 4096) * 4096;

/**
 * Fills the log of an open database with zeros up to its full length, and syncs it. From then on a commit overwrites blocks that
 * the file has already, which costs an fsync about three quarters of what it costs to make the file longer. SQLite
 * counts the frames itself and takes zeros for the end of the log, also after a crash.
 */
export function reserveLog(databaseFile: string, pageBytes: number): void {
  const log = openSync(`${databaseFile}-wal`, 'r+');
  try {
    const { size } = fstatSync(log);
    const missing = reservedBytes(pageBytes) - size;
    if (missing <= 0) return;
    writeSync(log, Buffer.alloc(missing), 0, missing, size);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}
