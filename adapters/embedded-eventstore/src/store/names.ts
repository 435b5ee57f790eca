/** Interned names: streams and event types have a small number in the file, and their names are kept in memory while used. */
import type { DatabaseSync } from 'node:sqlite';

export interface StreamName {
  readonly id: number;
  readonly name: string;
  /** Revision of its last event; -1 while it has none. Kept up to date by the log. */
  lastRevision: number;
}

export interface TypeName {
  readonly id: number;
  readonly name: string;
  readonly isJson: boolean;
}

export interface StreamNames {
  find(name: string): StreamName | undefined;
  byId(id: number): StreamName;
  /** Interns a name if it is new; within a transaction. */
  intern(name: string): StreamName;
  /** Forgets what is in memory, after a transaction was rolled back. */
  forget(): void;
}

export interface TypeNames {
  byId(id: number): TypeName;
  intern(name: string, isJson: boolean): TypeName;
  forget(): void;
}

/** Streams kept in memory; one costs about 300 bytes. */
const streamsInMemory = 20_000;

export function createStreamNames(
  database: DatabaseSync,
  lastRevisionOf: (stream: number) => number,
): StreamNames {
  const selectByName = database.prepare('SELECT id FROM streams WHERE name = ?');
  const selectById = database.prepare('SELECT name FROM streams WHERE id = ?');
  const insert = database.prepare('INSERT INTO streams (name) VALUES (?)');
  const byName = new Map<string, StreamName>();
  const byId = new Map<number, StreamName>();

  const remember = (id: number, name: string): StreamName => {
    if (byId.size >= streamsInMemory) dropOldest();
    const stream = { id, name, lastRevision: lastRevisionOf(id) };
    byName.set(name, stream);
    byId.set(id, stream);
    return stream;
  };
  // A map keeps the order of insertion: the oldest tenth goes, what is still used comes back by itself.
  const dropOldest = (): void => {
    let count = streamsInMemory / 10;
    for (const [id, stream] of byId) {
      if (count-- === 0) break;
      byId.delete(id);
      byName.delete(stream.name);
    }
  };
  const find = (name: string): StreamName | undefined => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    const id = selectByName.get(name)?.['id'];
    return typeof id === 'number' ? remember(id, name) : undefined;
  };

  return {
    find,
    byId(id) {
      const known = byId.get(id);
      if (known !== undefined) return known;
      return remember(id, String(selectById.get(id)?.['name']));
    },
    intern: (name) => find(name) ?? remember(Number(insert.run(name).lastInsertRowid), name),
    forget() {
      byName.clear();
      byId.clear();
    },
  };
}

/** Types are few: all of them are kept in memory. */
export function createTypeNames(database: DatabaseSync): TypeNames {
  const selectAll = database.prepare('SELECT id, name, is_json FROM types');
  const insert = database.prepare('INSERT INTO types (name, is_json) VALUES (?, ?)');
  const json = new Map<string, TypeName>();
  const octets = new Map<string, TypeName>();
  const byId = new Map<number, TypeName>();

  const remember = (type: TypeName): TypeName => {
    byId.set(type.id, type);
    (type.isJson ? json : octets).set(type.name, type);
    return type;
  };
  const load = (): void => {
    json.clear();
    octets.clear();
    byId.clear();
    for (const row of selectAll.all()) {
      remember({ id: Number(row['id']), name: String(row['name']), isJson: row['is_json'] === 1 });
    }
  };
  load();

  return {
    byId(id) {
      const type = byId.get(id);
      if (type === undefined) throw new Error(`The event store has no type ${id}`);
      return type;
    },
    intern(name, isJson) {
      const known = (isJson ? json : octets).get(name);
      if (known !== undefined) return known;
      const id = Number(insert.run(name, isJson ? 1 : 0).lastInsertRowid);
      return remember({ id, name, isJson });
    },
    forget: load,
  };
}
