/** Opens the file of a log, or makes it, and says in words what is wrong with it. */
import { openDatabase, storeFileError } from './database.ts';
import type { EventLog } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import { worthPacking } from './packer.ts';

/** Throws StoreFileError for a file that cannot be used; StoreFileInUse where another process has it open. */
export function openEventLog(file: string, enough = worthPacking): EventLog {
  const database = openDatabase(file);
  try {
    return createEventLog(database, enough);
  } catch (error) {
    database.close();
    throw storeFileError(file, error);
  }
}
