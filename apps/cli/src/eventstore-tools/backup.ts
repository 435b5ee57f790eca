/** Backup of an event store that goes on running, and its restoration. */
import { access, copyFile, mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BackupEvent } from '@sluice/embedded-eventstore';
import { openBackupFile } from '@sluice/embedded-eventstore';
import { openRawLog } from '@sluice/eventstoredb';
import { refused } from '../exit.ts';
import { verifyEvents, type VerifyReport } from './verify.ts';
import { withFile } from './reach.ts';

const eventsInCommit = 1000;

/** All events there are when it begins; into a file that has some, only the new ones. Answers how many were added. */
export async function backup(
  url: string,
  file: string,
  onProgress: (events: number) => void,
): Promise<number> {
  await using log = openRawLog(url);
  using target = openBackupFile(file);
  const end = await lastPosition(log.allBackwards());
  await requireSameLog(log, target.last, file);
  let batch: BackupEvent[] = [];
  let count = 0;
  for await (const event of log.all(target.last?.position)) {
    if (event.position > end) break;
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
  options: { readonly replace: boolean; readonly now: Date },
): Promise<VerifyReport> {
  await access(backupFile).catch(() => {
    throw refused(`There is no file ${backupFile}.`);
  });
  const isThere = await exists(file);
  if (isThere && !options.replace) {
    throw refused(`${file} exists: --replace puts the backup in its place and keeps the old file beside it.`);
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const restoring = `${file}.restoring`;
  await copyFile(backupFile, restoring);
  const report = await withFile(restoring, async (url) => {
    await using log = openRawLog(url);
    return await verifyEvents(log.all());
  });
  if (report.faultCount > 0) throw refused(`${backupFile} is damaged: ${report.faults[0]}.`);
  if (isThere) await putAside(file, options.now);
  await rename(restoring, file);
  return report;
}

/** With what SQLite has beside the file: after a crash the newest events lie there. */
async function putAside(file: string, now: Date): Promise<void> {
  const aside = `${file}.${now.toISOString().replace(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (await exists(file + suffix)) await rename(file + suffix, aside + suffix);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
