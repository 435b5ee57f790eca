/** Starting and ending: what a second server and a foreign file get to see. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AddressUnavailable, StoreFileError, startEmbeddedEventStore } from './index.ts';

describe('the embedded event store', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-start-'));
    file = join(folder, 'events.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('tells its port in a connection string, and closes more than once', async () => {
    await using server = await startEmbeddedEventStore({ file });
    expect(server.port).toBeGreaterThan(0);
    expect(server.url).toBe(`esdb://localhost:${server.port}?tls=false`);
    await Promise.all([server.close(), server.close()]);
  });

  it('says that a port is taken, and leaves its file alone then', async () => {
    await using server = await startEmbeddedEventStore({ file });
    const other = join(folder, 'other.db');
    const second = startEmbeddedEventStore({ file: other, port: server.port });
    await expect(second).rejects.toThrow(AddressUnavailable);
    await expect(second).rejects.toThrow(`Port ${server.port} of localhost is taken`);
    await using third = await startEmbeddedEventStore({ file: other });
    expect(third.port).not.toBe(server.port);
  });

  it('says that a file is in use', async () => {
    await using _server = await startEmbeddedEventStore({ file });
    await expect(startEmbeddedEventStore({ file })).rejects.toThrow(/is open in another/);
  });

  it('refuses a file that is something else', async () => {
    writeFileSync(file, 'this is no database'.repeat(100));
    await expect(startEmbeddedEventStore({ file })).rejects.toThrow(/is not an event store/);
    const foreign = join(folder, 'foreign.db');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE things (id INTEGER)');
    database.close();
    await expect(startEmbeddedEventStore({ file: foreign })).rejects.toThrow(/something else/);
    const newer = new DatabaseSync(join(folder, 'newer.db'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(startEmbeddedEventStore({ file: join(folder, 'newer.db') })).rejects.toThrow(StoreFileError);
  });
});
