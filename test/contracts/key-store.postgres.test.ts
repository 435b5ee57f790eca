/** The contract of the key store, in PostgreSQL; and what only a store on disk can get wrong. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyWrapping } from '@sluice/node-crypto';
import { connectPostgres, createPostgresKeyStore, type Postgres } from '@sluice/postgres';
import { keyStoreContract } from './key-store.contract.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
const masterKey = Buffer.alloc(32, 1).toString('base64');
let postgres: Postgres;

beforeAll(async () => {
  postgres = connectPostgres(server.url);
  await postgres.migrate();
});
afterAll(() => postgres?.close());

const open = (key = masterKey) => createPostgresKeyStore(postgres.db, createKeyWrapping(key));

keyStoreContract(() => open());

describe('key store in PostgreSQL', () => {
  it('keeps no key in the open, and nothing of a destroyed one', async () => {
    const made = await open().create('domain-secret');
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      const dump = async () => JSON.stringify((await client.query('select * from sluice.data_keys')).rows);
      expect(made.ok && (await dump()).includes(made.value.key)).toBe(false);
      await open().destroy('domain-secret');
      const { rows } = await client.query(
        "select wrapped from sluice.data_keys where key_id = 'domain-secret'",
      );
      expect(rows).toEqual([{ wrapped: null }]);
    } finally {
      await client.end();
    }
  });

  it('says that the master key is another one', async () => {
    await open().create('domain-wrapped');
    const other = open(Buffer.alloc(32, 2).toString('base64'));
    await expect(other.get('domain-wrapped')).rejects.toThrow('SLUICE_VAULT_KEY');
  });

  it('forgets a key that another process destroyed', async () => {
    const store = open();
    await store.create('domain-elsewhere');
    await open().destroy('domain-elsewhere');
    await eventually('forgotten', async () => (await store.get('domain-elsewhere')) === undefined, 5_000);
  });
});
