/**
 * Buckets: the full-text index in parts, so that a search reads the part that can hold what it looks for.
 *
 * All postings of a word lie together in FTS5, whoever's mails they are of, and of words that only begin alike it puts all
 * of them together before it gives the first. So every word is written with the mark of the bucket that its mail is in
 * (`7kinvoice`): in the index a bucket's words are words of their own.
 *
 * - The mails of an account are in the buckets of one of `groups` groups; small accounts share them. Who owns a mail is not
 *   told by its bucket but by its tags (tags.ts).
 * - A bucket that is full is followed by another one: a search asks the newest first and goes on only while its page is not
 *   full (newest-of.ts). So the time it takes does not grow with what is kept.
 * - More and smaller buckets would make the file larger: each holds its words once more.
 */
import type { DatabaseSync } from 'node:sqlite';
import { prepareWrite } from './prepare-write.ts';

const groups = 64;
/** Mails in a bucket; smaller ones are for tests. */
export const mailsPerBucket = 8_192;

/** The same in every process, for ever: part of the layout (FNV-1a). */
export function groupOf(accountId: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(accountId.toWellFormed())) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % groups;
}

export interface Bucket {
  readonly id: number;
  /** No mail in it has a higher row number. */
  readonly maxRow: number;
}

export interface BucketFilling {
  /** The bucket for one mail more. */
  enter(accountId: string, row: number): number;
  /** For a mail that was in it. */
  leave(bucket: number): void;
  /** Writes down what has come and gone: the last thing in a transaction. */
  store(): void;
  /** After a transaction that failed. */
  forget(): void;
}

/** A bucket with room, and what has come into it since it was last written down. */
interface Filling {
  readonly id: number;
  room: number;
  added: number;
  maxRow: number;
}

export function fillBuckets(database: DatabaseSync, full: number): BucketFilling {
  const newest = database.prepare('SELECT id, mails FROM buckets WHERE grp = ? ORDER BY id DESC LIMIT 1');
  const begin = prepareWrite(
    database,
    'INSERT INTO buckets (grp, mails, max_row) VALUES (?, 0, 0) RETURNING id',
  );
  const write = prepareWrite(
    database,
    'UPDATE buckets SET mails = mails + ?, max_row = max(max_row, ?) WHERE id = ?',
  );
  const removeEmpty = prepareWrite(database, 'DELETE FROM buckets WHERE mails = 0 AND id = ?');
  const open = new Map<number, Filling>();
  const left = new Set<number>();

  const openIn = (group: number): Filling => {
    const last = newest.get(group);
    const room = full - Number(last?.['mails'] ?? full);
    const id = Number((room > 0 ? last : begin.get(group))?.['id']);
    return { id, room: room > 0 ? room : full, added: 0, maxRow: 0 };
  };
  const writeDown = ({ id, added, maxRow }: Filling): void => void write.run(added, maxRow, id);
  const forget = (): void => {
    open.clear();
    left.clear();
  };

  return {
    enter(accountId, row) {
      const group = groupOf(accountId);
      let filling = open.get(group);
      if (filling === undefined || filling.room === 0) {
        if (filling !== undefined) writeDown(filling);
        filling = openIn(group);
        open.set(group, filling);
      }
      filling.room -= 1;
      filling.added += 1;
      filling.maxRow = Math.max(filling.maxRow, row);
      return filling.id;
    },
    leave(bucket) {
      write.run(-1, 0, bucket);
      left.add(bucket);
    },
    store() {
      for (const filling of open.values()) writeDown(filling);
      for (const bucket of left) removeEmpty.run(bucket);
      forget();
    },
    forget,
  };
}

/** What a word is written with: digits, and a letter that ends them, so that no mark with a word is another with another. */
const markOf = (bucket: number): string => `${bucket}k`;

const isAscii = /^[\0-\x7f]*$/;
const asciiWord = /[a-z0-9]+/gi;
/** As unicode61 of SQLite sees words: these marks belong to the letter before them, all others end a word. */
const diacritics = String.raw`\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331`;
const word = new RegExp(String.raw`[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}${diacritics}]*`, 'gu');

/** Text with the mark of a bucket before every word. */
export const markWords = (bucket: number, text: string): string =>
  text.replace(isAscii.test(text) ? asciiWord : word, `${markOf(bucket)}$&`);
