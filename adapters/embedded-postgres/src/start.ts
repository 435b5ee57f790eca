/** Starts the embedded PostgreSQL of a folder: makes it at the first time, and clears up after a crash. */
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chooseAccount } from './account.ts';
import { findBinaries, reachableBinaries } from './binaries.ts';
import { makeCluster, sluice } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { takeOwnership } from './owner.ts';
import { findPlace, reachablePlace } from './place.ts';
import { clearRemains } from './recovery.ts';
import type { Account } from './run.ts';
import { portTaken, spawnServer } from './server.ts';
import type { Server } from './server.ts';
import { serverArguments } from './settings.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the database in `data`. Made if it is missing. */
  readonly folder: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Printable ASCII. The first start sets it; later ones must give the same. */
  readonly password: string;
  /** Lines of the server, and what we do for it. */
  readonly log?: (line: string) => void;
  /** False: no fsync; a crash of the machine may destroy the data. For tests. Default: true. */
  readonly durable?: boolean;
  /**
   * Where, as root, the programs and the data are put when the user `postgres` cannot reach them where they are.
   * Default: /var/lib/sluice.
   */
  readonly sharedFolder?: string;
  /** How long the server may take until it answers queries; after a crash it replays its log. Default: 120 s. */
  readonly deadlineMs?: number;
}

export interface EmbeddedPostgres {
  /** User and database `sluice`, with the password. */
  readonly url: string;
  readonly port: number;
  /** Undefined after `stop`, else how the server ended by itself. Never rejects. */
  readonly exited: Promise<string | undefined>;
  /** Fast shutdown: open transactions are rolled back, connections closed. A second call waits for the first. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Prepared {
  readonly account: Account | undefined;
  readonly program: string;
  readonly data: string;
}

/**
 * Starts it and waits until it answers queries. The server is a process group of its own; if we are killed it lives on, and
 * the next start on the same folder stops it first. Throws EmbeddedPostgresError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (!/^[\x21-\x7e]+$/.test(options.password)) {
    throw new EmbeddedPostgresError('configuration', 'The password must be printable ASCII without spaces.');
  }
  const place = await choosePlace(options);
  const release = await takeOwnership(place.folder);
  try {
    const prepared = await prepare(place, options);
    await assertFree(options.port);
    const server = await startServer(prepared, options);
    return running(server, release, options);
  } catch (error) {
    await release();
    throw error;
  }
}

interface Place {
  readonly folder: string;
  readonly account: Account | undefined;
}

async function choosePlace(options: EmbeddedPostgresOptions): Promise<Place> {
  const folder = resolve(options.folder);
  const found = await findPlace(folder);
  const account = await chooseAccount(join(found, 'data'));
  return { folder: await reachablePlace(folder, found, account, sharedFolder(options)), account };
}

async function prepare({ folder, account }: Place, options: EmbeddedPostgresOptions): Promise<Prepared> {
  const { durable = true, password, log = () => undefined } = options;
  const binaries = await reachableBinaries(await findBinaries(), account, sharedFolder(options));
  const data = join(folder, 'data');
  await clearRemains(data, log);
  if (await makeCluster(folder, { binaries, account, password, durable }))
    log(`made the database in ${data}`);
  return { account, program: binaries.postgres, data };
}

async function startServer(prepared: Prepared, options: EmbeddedPostgresOptions): Promise<Server> {
  const { port, password, durable = true, log = () => undefined, deadlineMs = 120_000 } = options;
  const { program, account, data } = prepared;
  const end = performance.now() + deadlineMs;
  for (;;) {
    const args = ['-D', data, ...serverArguments({ port, durable })];
    const server = spawnServer({ program, args, account, log });
    try {
      await server.ready({ port, password, user: sluice, database: sluice }, end - performance.now());
      return server;
    } catch (error) {
      await server.stop();
      if (!isShortlyBusy(error) || performance.now() > end) throw error;
      await wait(100);
    }
  }
}

/** Children of a killed server end by themselves as soon as they notice; until then they hold its shared memory. */
const isShortlyBusy = (error: unknown): boolean =>
  error instanceof EmbeddedPostgresError && error.message.includes('pre-existing shared memory block');

function running(
  server: Server,
  release: () => Promise<void>,
  options: EmbeddedPostgresOptions,
): EmbeddedPostgres {
  const { port, password } = options;
  let stopping: Promise<void> | undefined;
  const exited = server.exited.then((how) => (stopping === undefined ? how : undefined));
  const stopNow = async (): Promise<void> => {
    try {
      await server.stop();
    } finally {
      await release();
    }
  };
  const stop = (): Promise<void> => (stopping ??= stopNow());
  return {
    url: `postgres://${sluice}:${encodeURIComponent(password)}@127.0.0.1:${port}/${sluice}`,
    port,
    exited,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const sharedFolder = (options: EmbeddedPostgresOptions): string => options.sharedFolder ?? '/var/lib/sluice';

/** The server would say so too, but only after it has started everything else. */
const assertFree = (port: number): Promise<void> =>
  new Promise((resolveFree, reject) => {
    const listener = createServer();
    listener.once('error', () => reject(portTaken(port)));
    listener.listen({ host: '127.0.0.1', port }, () => listener.close(() => resolveFree()));
  });
