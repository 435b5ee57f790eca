/** Backup of an event store that goes on running, and its restoration. */
import { access, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BackupEvent } from '@sluice/embedded-eventstore';
import { openBackupFile, StoreFileError } from '@sluice/embedded-eventstore';
import { openRawLog } from '@sluice/eventstoredb';
import { refused } from '../exit.ts';
import { verifyEvents, type VerifyReport } from './verify.ts';
import { withFile } from './reach.ts';

const eventsInCommit = 1000;
/** The files of a database, https://sqlite.org/tempfiles.html */
const suffixes = ['', '-wal', '-shm'];

/**
 * All events there are when it begins; into a file that has some, only the new ones. Answers how many were added. When the signal
 * aborts, what was read by then is in the file.
 */
export async function backup(
  url: string,
  file: string,
  { onProgress, signal }: { readonly onProgress: (events: number) => void; readonly signal: AbortSignal },
): Promise<number> {
  // Nobody else reads it, wherever it lies.
  await (await open(file, 'a', 0o600)).close();
  await using log = openRawLog(url);
  using target = openBackupFile(file);
  const end = await lastPosition(log.allBackwards());
  await requireSameLog(log, target.last, file);
  let batch: BackupEvent[] = [];
  let count = 0;
  for await (const event of log.all(target.last?.position)) {
    if (event.position > end || signal.aborted) break;
    batch.push(event);
    count += 1;
    if (batch.length < eventsInCommit) continue;
    target.add(batch);
    batch = [];
    onProgress(count);
  }
  target.add(batch);
  return count;
}

type Log = ReturnType<typeof openRawLog>;

async function requireSameLog(
  log: Log,
  last: { readonly position: bigint; readonly id: string } | undefined,
  file: string,
): Promise<void> {
  if (last === undefined) return;
  if ((await log.at(last.position))?.id === last.id) return;
  throw refused(`${file} is the backup of another event store.`);
}

async function lastPosition(events: AsyncIterable<{ readonly position: bigint }>): Promise<bigint> {
  for await (const { position } of events) return position;
  return -1n;
}

/** Puts a backup in the place of a store that is not running; the old file is kept beside it where `replace` is set. */
export async function restore(
  backupFile: string,
  file: string,
  options: {
    readonly replace: boolean;
    readonly now: Date;
    readonly onProgress: (events: number) => void;
  },
): Promise<VerifyReport> {
  await requireBackup(backupFile);
  const isThere = await exists(file);
  if (isThere && !options.replace) {
    throw refused(`${file} exists: --replace puts the backup in its place and keeps the old file beside it.`);
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const restoring = `${file}.restoring`;
  try {
    // What a run that was killed has left.
    await remove(restoring);
    await copyStore(backupFile, restoring);
    const report = await verifyFile(restoring, backupFile, options.onProgress);
    if (isThere) await putAside(file, options.now);
    await rename(restoring, file);
    return report;
  } finally {
    await remove(restoring);
  }
}

async function requireBackup(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw refused(`There is no file ${file}.`);
  // SQLite would make a new store of nothing.
  if (!found.isFile() || found.size === 0) throw refused(`${file} is not a backup: there is nothing in it.`);
}

/** A backup that was killed has its newest events in the log beside it. */
async function copyStore(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  if (await exists(`${from}-wal`)) await copyFile(`${from}-wal`, `${to}-wal`);
}

/** Reads the copy; what is wrong with it is wrong with the backup. */
async function verifyFile(
  copy: string,
  backupFile: string,
  onProgress: (events: number) => void,
): Promise<VerifyReport> {
  const report = await withFile(copy, async (url) => {
    await using log = openRawLog(url);
    return await verifyEvents(log.all(), onProgress);
  }).catch((error: unknown) => {
    if (error instanceof StoreFileError) throw refused(`${error.message.replaceAll(copy, backupFile)}.`);
    throw error;
  });
  if (report.faultCount > 0) throw refused(`${backupFile} is damaged: ${report.faults[0]}.`);
  return report;
}

const remove = async (file: string): Promise<void> => {
  for (const suffix of suffixes) await rm(file + suffix, { force: true });
};

/** With what SQLite has beside the file: after a crash the newest events lie there. */
async function putAside(file: string, now: Date): Promise<void> {
  const aside = `${file}.${now.toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of suffixes) {
    if (await exists(file + suffix)) await rename(file + suffix, aside + suffix);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
