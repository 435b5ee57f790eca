/** Reads the files of a zip one after the other, by its directory. */
import { openPromise } from 'yauzl';

export interface ZipFileEntry {
  readonly name: string;
  readonly modifiedAt: number;
  /** Undefined where it is locked by a password. */
  readonly open: (() => Promise<AsyncIterable<Buffer>>) | undefined;
}

/** Throws where the archive is damaged. */
export async function* zipEntries(path: string): AsyncGenerator<ZipFileEntry> {
  const zip = await openPromise(path, { decodeStrings: false, validateEntrySizes: true });
  for await (const entry of zip.eachEntry()) {
    // Only shown to people: nothing is written anywhere by this name.
    const name = entry.fileName.toString('utf8');
    if (name.endsWith('/')) continue;
    yield {
      name,
      modifiedAt: entry.getLastModDate().getTime(),
      open: entry.isEncrypted() ? undefined : () => zip.openReadStreamPromise(entry),
    };
  }
}
