/** Port: where packs lie. Objects are immutable: written once, read by range, deleted whole. */

export interface PackStore {
  /** Stores a pack durably under a name (letters, digits, `-`, `.` and `/`); putting the same name again replaces it whole. */
  put(name: string, bytes: Uint8Array): Promise<void>;

  /** Bytes `start` (included) to `start + length`; undefined if there is no such pack. Throws where the range lies outside. */
  getRange(name: string, start: number, length: number): Promise<Uint8Array | undefined>;

  /** Bytes of the pack; undefined if there is none. */
  size(name: string): Promise<number | undefined>;

  /** Deletes a pack; no error if there is none. */
  delete(name: string): Promise<void>;

  /** Names in code-unit order, each with its size in bytes. */
  list(prefix?: string): AsyncIterable<{ readonly name: string; readonly size: number }>;
}
