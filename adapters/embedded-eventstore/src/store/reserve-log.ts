/** Gives SQLite's write-ahead log its full length beforehand. */
import { closeSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Pages in the log after which SQLite moves them into the database and begins the log anew. */
export const logPages = 2000;

/** Page and frame header, https://sqlite.org/walformat.html */
const frameBytes = 4096 + 24;
/** A group of appends may come on top of the last page. */
const reservedBytes = Math.ceil((logPages * frameBytes * 1.1) / 4096) * 4096;

/**
 * Fills the log of an open database with zeros up to its full length, and syncs it. From then on a commit overwrites blocks that
 * the file has already, which costs an fsync about three quarters of what it costs to make the file longer. SQLite
 * counts the frames itself and takes zeros for the end of the log, also after a crash.
 */
export function reserveLog(databaseFile: string): void {
  const log = openSync(`${databaseFile}-wal`, 'r+');
  try {
    const { size } = fstatSync(log);
    if (size >= reservedBytes) return;
    writeSync(log, Buffer.alloc(reservedBytes - size), 0, reservedBytes - size, size);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
}
