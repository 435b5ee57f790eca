/** The schema of PostgreSQL: made once however many start, and what is written there comes back as it was. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  advance,
  beginProjection,
  CheckpointMoved,
  connectPostgres,
  isTransient,
  listProjections,
  nextOrder,
  type Postgres,
  readCheckpoint,
  rebuildOrder,
  reportOrder,
  requestRebuild,
  tryExclusive,
  waitFor,
} from '@sluice/postgres';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let postgres: Postgres;

beforeAll(async () => {
  postgres = connectPostgres(server.url);
  await postgres.migrate();
});
afterAll(() => postgres?.close());

describe('migrations', () => {
  it('run once where several processes start at the same time, and not again', async () => {
    const url = await server.createDatabase();
    const processes = [1, 2, 3, 4].map(() => connectPostgres(url));
    await Promise.all(processes.map((one) => one.migrate()));
    await processes[0]!.migrate();
    expect(await listProjections(processes[1]!.db)).toEqual([]);
    await Promise.all(processes.map((one) => one.close()));
  });

  it('keep to a schema of their own', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query(
      "select distinct schemaname from pg_tables where tablename in ('mails', 'domains')",
    );
    await client.end();
    expect(rows).toEqual([{ schemaname: 'sluice' }]);
  });
});

describe('ping', () => {
  it('says why there is no answer', async () => {
    const nowhere = connectPostgres('postgres://nobody:none@127.0.0.1:1/none');
    expect(await nowhere.ping(2_000)).toMatchObject({ ok: false });
    expect(await postgres.ping(2_000)).toEqual({ ok: true, value: undefined });
    await nowhere.close();
  });
});

describe('checkpoints', () => {
  it('move only from where the writer believes them to be, together with the work', async () => {
    await advance(postgres.db, { projection: 'a', from: undefined, to: '5' }, async () => undefined);
    const step = { projection: 'a', from: '4', to: '9' };
    let isDone = false;
    await expect(advance(postgres.db, step, async () => void (isDone = true))).rejects.toThrow(
      CheckpointMoved,
    );
    expect(isDone).toBe(false);
    const failing = advance(postgres.db, { ...step, from: '5' }, async () => {
      throw new Error('cannot');
    });
    await expect(failing).rejects.toThrow('cannot');
    expect(await readCheckpoint(postgres.db, 'a')).toBe('5');
  });

  it('begin without a position, which only one writer may set', async () => {
    await beginProjection(postgres.db, 'b');
    const first = { projection: 'b', from: undefined, to: '1' };
    const both = await Promise.allSettled([1, 2].map(() => advance(postgres.db, first, () => pause(20))));
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('can be waited for', async () => {
    expect(await waitFor(postgres.db, 'waited', '3', 30)).toBe(false);
    const waiting = waitFor(postgres.db, 'waited', '3', 5_000);
    await advance(postgres.db, { projection: 'waited', from: undefined, to: '12' }, async () => undefined);
    expect(await waiting).toBe(true);
  });
});

describe('orders', () => {
  it('are one at a time for a projection, and tell how they get on', async () => {
    const order = await requestRebuild(postgres.db, 'mails');
    expect((await requestRebuild(postgres.db, 'mails')).id).toBe(order.id);
    expect(await nextOrder(postgres.db)).toMatchObject({ id: order.id, state: 'requested' });
    await reportOrder(postgres.db, order.id, { state: 'done', events: 12 });
    expect(await rebuildOrder(postgres.db, order.id)).toMatchObject({ state: 'done', events: 12 });
    expect(await nextOrder(postgres.db)).toBeUndefined();
    expect((await requestRebuild(postgres.db, 'mails')).id).not.toBe(order.id);
    expect(await rebuildOrder(postgres.db, 'none')).toBeUndefined();
  });
});

describe('being the only one', () => {
  it('lasts as long as the connection', async () => {
    const first = await tryExclusive(server.url, 'work');
    expect(await tryExclusive(server.url, 'work')).toBeUndefined();
    const other = await tryExclusive(server.url, 'other work');
    await first!.release();
    const second = await tryExclusive(server.url, 'work');
    expect(second?.lost.aborted).toBe(false);
    await Promise.all([second!.release(), other!.release()]);
  });
});

describe('failures', () => {
  it('are told apart: the database in trouble, or data that it will never take', async () => {
    const nowhere = connectPostgres('postgres://nobody:none@127.0.0.1:1/none');
    const away = await readCheckpoint(nowhere.db, 'a').catch((error: unknown) => error);
    expect(isTransient(away)).toBe(true);
    await nowhere.close();
    const never = await advance(
      postgres.db,
      { projection: 'c', from: undefined, to: 'no number' },
      async () => undefined,
    ).catch((error: unknown) => error);
    expect(never).toBeInstanceOf(Error);
    expect(isTransient(never)).toBe(false);
    expect(isTransient(new TypeError('x is not a function'))).toBe(false);
  });
});
