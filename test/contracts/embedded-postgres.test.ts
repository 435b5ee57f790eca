/** The embedded PostgreSQL: first start, later starts, and what is left after every kind of kill. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '@sluice/embedded-postgres';
import type { EmbeddedPostgres } from '@sluice/embedded-postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';

const password = 'pass:w0rd/with@signs';
const isRoot = process.getuid?.() === 0;

let root: string;
let folder: string;
let port: number;
const undo: (() => Promise<unknown> | void)[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-embedded-'));
  await chmod(root, 0o755);
  folder = join(root, 'postgres');
  port = await freePort();
});

afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
  await rm(root, { recursive: true, force: true });
});

async function start(more: { folder?: string; port?: number; password?: string } = {}) {
  const server = await startEmbeddedPostgres({
    folder,
    port,
    password,
    sharedFolder: join(root, 'shared'),
    ...more,
  });
  undo.push(() => server.stop());
  return server;
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const readPid = async (): Promise<number> =>
  Number.parseInt(await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8'), 10);

/** A whole process of ours with its server, both of them to be killed by the test. */
async function startInChild(): Promise<{ child: ChildProcess; postmaster: number }> {
  const script = fileURLToPath(new URL('./embedded-postgres.child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, String(port), password], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(() => void child.kill('SIGKILL'));
  await once(child.stdout!, 'data', { signal: AbortSignal.timeout(20_000) });
  return { child, postmaster: await readPid() };
}

async function killHard(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

const isAlive = (pid: number): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (line) => !/\) Z /.test(line),
    () => false,
  );

describe('an undisturbed server', () => {
  it('is made at the first start: UTF-8, code point order, password required, durable', async () => {
    await using server = await start();
    const settings = `select current_user as user, current_database() as database,
      current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as commit,
      current_setting('fsync') as fsync, current_setting('jit') as jit,
      (select datcollate from pg_database where datname = 'sluice') as collation`;
    expect(await query(server, settings)).toEqual([
      {
        user: 'sluice',
        database: 'sluice',
        encoding: 'UTF8',
        commit: 'on',
        fsync: 'on',
        jit: 'off',
        collation: 'C',
      },
    ]);
    const stranger = new pg.Client({ connectionString: server.url.replace(/:[^:@]+@/, ':guess@') });
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
    expect(await readdir(folder)).toEqual(['data', 'owner.json']);
  });

  it('keeps its data over stop and start, on another port too', async () => {
    const first = await start();
    await query(first, 'create table kept (word text); insert into kept values ($$gold$$)');
    await first.stop();
    expect(await first.exited).toBeUndefined();
    const second = await start({ port: await freePort() });
    expect(await query(second, 'select word from kept')).toEqual([{ word: 'gold' }]);
  });

  it('stops although clients are connected and in a transaction', async () => {
    const server = await start();
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin; create table half (n int)');
    const began = performance.now();
    await Promise.all([server.stop(), server.stop()]);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await readdir(folder)).toEqual(['data']);
  });

  it('says when it ends by itself', async () => {
    const server = await start();
    process.kill(await readPid(), 'SIGTERM');
    expect(await server.exited).toMatch(/^PostgreSQL ended/);
    await server.stop();
    await using again = await start();
    expect(await query(again, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('does not stand in the process group of the terminal', async () => {
    await start();
    const line = await readFile(`/proc/${await readPid()}/stat`, 'utf8');
    const [, , group] = line.slice(line.lastIndexOf(')') + 2).split(' ');
    expect(Number(group)).toBe(await readPid());
  });
});

describe('after a crash', () => {
  it('stops the server that a killed process left behind, and starts anew with its data', async () => {
    const { child, postmaster } = await startInChild();
    await killHard(child);
    expect(await isAlive(postmaster)).toBe(true);
    const server = await start({ port: await freePort() });
    expect(await isAlive(postmaster)).toBe(false);
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('takes the port of the left-behind server over', async () => {
    const { child } = await startInChild();
    await killHard(child);
    await using server = await start();
    expect(server.port).toBe(port);
  });

  it('recovers what was committed before process and server were both killed', async () => {
    const { child, postmaster } = await startInChild();
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'sluice', database: 'sluice', password });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create table kept (word text)');
    await client.query(`insert into kept values ('gold')`);
    process.kill(postmaster, 'SIGKILL');
    await killHard(child);
    const server = await start();
    expect(await query(server, 'select word from kept')).toEqual([{ word: 'gold' }]);
  });

  it('removes a pid file that names another program of the same user', async () => {
    await (await start()).stop();
    const { uid, gid } = await stat(join(folder, 'data'));
    const other = spawn('sleep', ['60'], isRoot ? { uid, gid, cwd: '/' } : {});
    await once(other, 'spawn');
    undo.push(() => void other.kill('SIGKILL'));
    await writeFile(join(folder, 'data', 'postmaster.pid'), `${other.pid}\n${folder}/data\n1\n${port}\n`);
    await using server = await start();
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await isAlive(other.pid!)).toBe(true);
  });

  it('removes an empty pid file and one whose process is gone', async () => {
    await (await start()).stop();
    for (const content of ['', '999999999\n']) {
      await writeFile(join(folder, 'data', 'postmaster.pid'), content);
      await (await start()).stop();
    }
  });

  it('makes the database again when the first start was interrupted half-way', async () => {
    await mkdir(join(folder, 'data.new'), { recursive: true });
    await writeFile(join(folder, 'data.new', 'PG_VERSION'), '18\n');
    await chmod(folder, 0o711);
    await using server = await start();
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(folder)).toEqual(['data', 'owner.json']);
  });
});

describe('says clearly', () => {
  it('that the port is taken, and leaves nothing running', async () => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    undo.push(() => void listener.close());
    const taken = (listener.address() as AddressInfo).port;
    await expect(start({ port: taken })).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${taken} on 127.0.0.1 is taken by another program: choose a free one.`,
    });
    expect(await readdir(folder)).toEqual(['data']);
    await (await start()).stop();
  });

  it('that another living process runs a server there, and does not touch that', async () => {
    const { child, postmaster } = await startInChild();
    await expect(start({ port: await freePort() })).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    expect(await isAlive(postmaster)).toBe(true);
    await killHard(child);
    await (await start()).stop();
  });

  it('that the password is another one', async () => {
    await (await start()).stop();
    await expect(start({ password: 'other' })).rejects.toMatchObject({ code: 'wrong-password' });
    await eventually('the refused server to be gone', () =>
      readPid().then(
        () => false,
        () => true,
      ),
    );
  });

  it('that the password cannot be used', async () => {
    await expect(start({ password: 'two words' })).rejects.toMatchObject({ code: 'configuration' });
  });
});

describe.skipIf(!isRoot)('a folder that the user postgres cannot reach (needs root)', () => {
  beforeEach(async () => {
    await mkdir(join(root, 'home'), { mode: 0o700 });
    folder = join(root, 'home', 'postgres');
  });

  it('has its data in the shared folder, keeps its permissions, and finds the data again', async () => {
    const first = await start();
    await query(first, 'create table kept (word text)');
    await first.stop();
    const moved = (await readFile(join(folder, 'moved-to'), 'utf8')).trim();
    expect(moved.startsWith(join(root, 'shared'))).toBe(true);
    expect((await stat(join(root, 'home'))).mode & 0o777).toBe(0o700);
    const second = await start();
    expect(await query(second, 'select * from kept')).toEqual([]);
  });

  it('begins anew when the folder was deleted, with another password even', async () => {
    await (await start()).stop();
    await rm(folder, { recursive: true });
    await using server = await start({ password: 'another' });
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('refuses to begin anew when only the moved data are gone', async () => {
    await (await start()).stop();
    await rm(join(root, 'shared'), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
