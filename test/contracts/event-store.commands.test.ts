/** The commands of the event store, run as people run them: backup while it runs, restore, verify, copy, and a role of its own. */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { selfSignedCertificate } from '@sluice/node-crypto';
import { AccessDeniedError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';
import { storedEvents } from './support/stored-events.ts';

const sluice = fileURLToPath(new URL('../../apps/cli/bin/sluice.mjs', import.meta.url));
const password = 'correct-horse-battery';

describe('the commands of the event store', () => {
  let folder: string;
  let port: number;
  let environment: Record<string, string>;
  let role: ChildProcess | undefined;
  const clients: EventStoreDBClient[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-commands-'));
    port = await freePort();
    environment = {
      PATH: process.env['PATH'] ?? '',
      SLUICE_DATA_DIR: join(folder, 'data'),
      SLUICE_EVENTSTORE_PORT: String(port),
      SLUICE_EVENTSTORE_PASSWORD: password,
    };
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.dispose()));
    await stop();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const url = (given = password): string =>
    `esdb://localhost:${port}?tls=false&connectionName=admin%3A${encodeURIComponent(given)}`;
  const connect = (address = url()): EventStoreDBClient => {
    const client = EventStoreDBClient.connectionString(address);
    clients.push(client);
    return client;
  };
  async function start(): Promise<void> {
    role = spawn(process.execPath, [sluice, 'eventstore'], { env: environment, stdio: 'ignore' });
    const client = connect();
    await eventually('the event store runs', async () => {
      const events = await Array.fromAsync(client.readAll({ maxCount: 1 })).catch(() => []);
      return events.length > 0;
    });
  }
  async function stop(): Promise<void> {
    if (role === undefined || role.exitCode !== null) return;
    role.kill('SIGTERM');
    await once(role, 'exit');
    role = undefined;
  }
  const sluiceWith = (
    args: readonly string[],
    more = {},
  ): Promise<{ code: number; out: string; error: string }> =>
    new Promise((resolve) => {
      const env = { ...environment, ...more };
      execFile(process.execPath, [sluice, ...args], { env }, (failure, out, error) =>
        resolve({ code: failure === null ? 0 : Number(failure.code ?? -1), out, error }),
      );
    });
  const run = (args: readonly string[], more = {}) => sluiceWith(['eventstore', ...args], more);
  const append = async (stream: string, count: number): Promise<void> => {
    const events = Array.from({ length: count }, (_, n) => jsonEvent({ type: 'ThingTested', data: { n } }));
    await connect().appendToStream(stream, events);
  };

  it('backs up while it runs, adds what is new, and brings all of it back', async () => {
    const file = join(folder, 'backup.db');
    await start();
    await expect(
      connect(url('wrong')).appendToStream('one', jsonEvent({ type: 'T', data: {} })),
    ).rejects.toBeInstanceOf(AccessDeniedError);
    await append('one', 1500);
    await append('gone', 2);
    await connect().tombstoneStream('gone');
    const first = await run(['backup', file, '--json']);
    expect(first).toMatchObject({ code: 0 });
    await append('two', 10);
    const second = await run(['backup', file, '--json']);
    expect(JSON.parse(second.out)).toMatchObject({ events: 10 });
    const verified = await run(['verify', '--json']);
    expect(JSON.parse(verified.out)).toMatchObject({ faultCount: 0, faults: [] });
    expect(await run(['restore', file])).toMatchObject({ code: 1 });
    await stop();
    const original = join(folder, 'data', 'eventstore', 'events.db');
    const all = await storedEvents(original);
    expect(all.length).toBeGreaterThan(1500);
    expect(await storedEvents(file)).toEqual(all);

    const other = { SLUICE_DATA_DIR: join(folder, 'restored') };
    const restored = await run(['restore', file], other);
    expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('restored') });
    expect(await storedEvents(join(folder, 'restored', 'eventstore', 'events.db'))).toEqual(all);
    expect(await run(['restore', file], other)).toMatchObject({ code: 1 });
    expect(await run(['restore', file, '--replace'], other)).toMatchObject({ code: 0 });
    expect(await run(['verify'], other)).toMatchObject({ code: 0 });
  }, 120_000);

  it('refuses the backup of another store, and what is no store', async () => {
    await start();
    const file = join(folder, 'other.db');
    expect(await run(['backup', file])).toMatchObject({ code: 0 });
    await stop();
    const elsewhere = { SLUICE_DATA_DIR: join(folder, 'elsewhere') };
    expect(await run(['verify'], elsewhere)).toMatchObject({ code: 1 });
    expect(await run(['restore', sluice], elsewhere)).toMatchObject({ code: 1 });
    expect(await run(['restore', join(folder, 'missing')], elsewhere)).toMatchObject({ code: 1 });
  }, 120_000);

  it('says which key does not belong to its certificate, and which port is taken', async () => {
    const pairs = await Promise.all([1, 2].map(() => selfSignedCertificate(['localhost'], 1)));
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await writeFile(certFile, pairs[0]!.cert);
    await writeFile(keyFile, pairs[1]!.key);
    const tls = { SLUICE_EVENTSTORE_TLS_CERT: certFile, SLUICE_EVENTSTORE_TLS_KEY: keyFile };
    const mismatch = await run([], tls);
    expect(mismatch.code).toBe(2);
    expect(mismatch.out + mismatch.error).toContain(
      `${certFile} and ${keyFile} are no certificate and its key`,
    );
    await start();
    const taken = await run([], { SLUICE_DATA_DIR: join(folder, 'second') });
    expect(taken.code).toBe(2);
    expect(taken.out + taken.error).toContain(`Port ${port} of 127.0.0.1 is taken`);
  }, 120_000);

  it('finds what is wrong with a file', async () => {
    await start();
    await append('holed', 5);
    await stop();
    const file = join(folder, 'data', 'eventstore', 'events.db');
    const database = new DatabaseSync(file);
    database.exec(
      "DELETE FROM events WHERE revision = 2 AND stream = (SELECT id FROM streams WHERE name = 'holed')",
    );
    database.close();
    const { code, out } = await run(['verify']);
    expect(code).toBe(1);
    expect(out).toContain('holed: revision 3 comes after 1');
  }, 120_000);

  it('names a damaged block', async () => {
    await start();
    await append('damaged', 300);
    await stop();
    const file = join(folder, 'data', 'eventstore', 'events.db');
    {
      await using server = await startEmbeddedEventStore({ file });
      await server.atRest();
    }
    const database = new DatabaseSync(file);
    database.exec('UPDATE blocks SET content = zeroblob(length(content))');
    const first = database.prepare('SELECT min(first) AS first FROM blocks').get()?.['first'];
    database.close();
    const { code, out } = await run(['verify']);
    expect(code).toBe(1);
    expect(out).toContain(`The block of events from position ${Number(first)} on is damaged`);
  }, 120_000);

  it('does not listen for other machines without a password and a certificate', async () => {
    const open = { SLUICE_EVENTSTORE_BIND: '0.0.0.0' };
    const { code, out, error } = await run([], open);
    expect(code).toBe(2);
    expect(out + error).toContain('SLUICE_EVENTSTORE_TLS_CERT');
  }, 120_000);

  it('says before anything is started that a store of its own does not let an instance in', async () => {
    const users = [{ name: 'admin', password, groups: ['$admins'] }];
    await using foreign = await startEmbeddedEventStore({ file: join(folder, 'foreign.db'), users });
    const [smtp, panel, api] = [await freePort(), await freePort(), await freePort()];
    const instance = {
      SLUICE_DATA_DIR: join(folder, 'instance'),
      SLUICE_SMTP_PORT: String(smtp),
      SLUICE_PANEL_PORT: String(panel),
      SLUICE_API_PORT: String(api),
      SLUICE_DEMO: 'false',
    };
    const { code, out, error } = await sluiceWith(['up'], {
      ...instance,
      SLUICE_EVENTSTORE_URL: `${foreign.url}&connectionName=admin%3Awrong`,
    });
    expect(code).toBe(2);
    expect(error).toMatch(/SLUICE_EVENTSTORE_URL: .*password/);
    expect(out + error).not.toContain('PostgreSQL runs');
  }, 120_000);

  it('says of a connection string that nobody can read it', async () => {
    const { code, error } = await sluiceWith(['config', 'verify'], {
      SLUICE_EVENTSTORE_URL: 'esdb://localhost:port',
    });
    expect(code).toBe(2);
    expect(error).toContain('SLUICE_EVENTSTORE_URL');
  }, 60_000);
});
