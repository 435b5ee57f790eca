/** Who gets into the embedded event store and what they may do there, over TLS and on the machine's own address; discovery. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddedEventStore } from '@sluice/embedded-eventstore';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { selfSignedCertificate } from '@sluice/node-crypto';
import { AccessDeniedError, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freshName } from './support/eventstore.ts';

const users = [
  { name: 'admin', password: 'changeit', groups: ['$admins'] },
  { name: 'ops', password: 'pass:word', groups: ['$ops'] },
  { name: 'reader', password: 'secret', groups: [] },
];
const thing = (): ReturnType<typeof jsonEvent> => jsonEvent({ type: 'ThingTested', data: {} });
const as = (username: string, password: string) => ({ credentials: { username, password } });

let folder: string;
let tls: { cert: string; key: string };
const clients: EventStoreDBClient[] = [];
const connect = (url: string): EventStoreDBClient => {
  const client = EventStoreDBClient.connectionString(url);
  clients.push(client);
  return client;
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-access-'));
  tls = await selfSignedCertificate(['localhost'], 1);
  await writeFile(join(folder, 'ca.pem'), tls.cert);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a store with users and a certificate', () => {
  let server: EmbeddedEventStore;
  beforeAll(async () => {
    server = await startEmbeddedEventStore({ file: join(folder, 'tls.db'), users, tls });
  });
  afterAll(() => server.close());
  const url = (login: string): string =>
    `esdb://${login}localhost:${server.port}?tls=true&tlsCAFile=${join(folder, 'ca.pem')}`;

  it('lets in who knows the password, by default or for one call', async () => {
    const admin = connect(url('admin:changeit@'));
    await admin.appendToStream(freshName(), thing());
    await expect(Array.fromAsync(admin.readAll({ maxCount: 10 }))).resolves.not.toEqual([]);
    const stranger = connect(url('AzureDiamond:hunter2@'));
    await expect(
      Array.fromAsync(stranger.readAll({ maxCount: 1, ...as('admin', 'changeit') })),
    ).resolves.toHaveLength(1);
  });

  it.each([
    ['nobody', ''],
    ['a stranger', 'AzureDiamond:hunter2@'],
    ['a wrong password', 'admin:changeit2@'],
    ['the password of another', 'admin:secret@'],
  ])('keeps out %s', async (_, login) => {
    const client = connect(url(login));
    const stream = freshName();
    const attempts = [
      () => client.appendToStream(stream, thing()),
      () => client.deleteStream(stream),
      () => client.tombstoneStream(stream),
      () => Array.fromAsync(client.readStream(stream)),
      () => Array.fromAsync(client.readAll({ maxCount: 1 })),
      () => Array.fromAsync(client.subscribeToAll()),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toBeInstanceOf(AccessDeniedError);
  });

  it('keeps credentials that are wrong for one call out of it, on both ways to append', async () => {
    const admin = connect(url('admin:changeit@'));
    await expect(
      admin.appendToStream(freshName(), thing(), as('AzureDiamond', 'hunter2')),
    ).rejects.toBeInstanceOf(AccessDeniedError);
  });

  it('asks the access lists of a stream, by user and by group', async () => {
    const admin = connect(url('admin:changeit@'));
    const [ops, reader] = [connect(url('ops:pass%3Aword@')), connect(url('reader:secret@'))];
    const stream = freshName();
    await reader.appendToStream(stream, thing());
    await admin.setStreamMetadata(stream, {
      acl: {
        readRoles: ['reader', '$ops'],
        writeRoles: ['$ops'],
        deleteRoles: ['$admins'],
        metaReadRoles: ['reader'],
        metaWriteRoles: ['$admins'],
      },
    });
    await ops.appendToStream(stream, thing());
    expect(await Array.fromAsync(reader.readStream(stream))).toHaveLength(2);
    expect(await Array.fromAsync(ops.readStream(stream))).toHaveLength(2);
    expect((await reader.getStreamMetadata(stream)).metadata?.acl).toBeDefined();
    for (const attempt of [
      () => reader.appendToStream(stream, thing()),
      () => reader.appendToStream(stream, thing(), as('reader', 'secret')),
      () => ops.deleteStream(stream),
      () => ops.getStreamMetadata(stream),
      () => reader.setStreamMetadata(stream, {}),
    ]) {
      await expect(attempt()).rejects.toBeInstanceOf(AccessDeniedError);
    }
    await admin.deleteStream(stream);
  });

  it("keeps the system's streams for administrators, unless its settings say otherwise", async () => {
    const admin = connect(url('admin:changeit@'));
    const reader = connect(url('reader:secret@'));
    const all = (): Promise<unknown> => Array.fromAsync(reader.readAll({ maxCount: 1 }));
    await expect(all()).rejects.toBeInstanceOf(AccessDeniedError);
    await expect(reader.appendToStream('$settings', thing())).rejects.toBeInstanceOf(AccessDeniedError);
    await admin.appendToStream(
      '$settings',
      jsonEvent({
        type: 'update-default-acl',
        data: { $userStreamAcl: { $w: '$admins' }, $systemStreamAcl: { $r: ['reader'] } },
      }),
    );
    await expect(all()).resolves.toHaveLength(1);
    await expect(reader.appendToStream(freshName(), thing())).rejects.toBeInstanceOf(AccessDeniedError);
  });

  it('is discovered, as the leader of itself', async () => {
    const client = connect(url('admin:changeit@').replace('esdb://', 'esdb+discover://'));
    const { success } = await client.appendToStream(freshName(), thing());
    expect(success).toBe(true);
  });
});

describe('a store with users and no certificate', () => {
  let server: EmbeddedEventStore;
  beforeAll(async () => {
    server = await startEmbeddedEventStore({ file: join(folder, 'plain.db'), users });
  });
  afterAll(() => server.close());

  it('takes the name of the connection for the credentials that clients do not send', async () => {
    const client = connect(`${server.url}&connectionName=${encodeURIComponent('ops:pass:word')}`);
    const { success } = await client.appendToStream(freshName(), thing());
    expect(success).toBe(true);
    expect(server.url).not.toContain('changeit');
  });

  it.each(['', '&connectionName=admin', '&connectionName=admin%3Awrong', '&connectionName=%3A'])(
    'keeps out who says "%s"',
    async (name) => {
      const client = connect(server.url + name);
      await expect(client.appendToStream(freshName(), thing())).rejects.toBeInstanceOf(AccessDeniedError);
      await expect(Array.fromAsync(client.readAll())).rejects.toBeInstanceOf(AccessDeniedError);
    },
  );

  it('is discovered by several names', async () => {
    const hosts = `127.0.0.1:${server.port},localhost:${server.port}`;
    const client = connect(`esdb://${hosts}?tls=false&connectionName=admin%3Achangeit`);
    await client.appendToStream(freshName(), thing());
  });
});
