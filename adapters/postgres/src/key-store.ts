/** KeyStore in PostgreSQL: data keys wrapped under the installation's master key. */
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { DataKey, KeyStore } from '@sluice/core/ports/vault.ts';
import { sql } from 'kysely';
import type { Database } from './connect.ts';
import { isTransient } from './errors.ts';

/** How keys are made and wrapped, with the master key already inside. */
export interface KeyWrapping {
  newKey(keyId: string): DataKey;
  /** Data key and wrapped key are base64. */
  wrap(dataKey: string, keyId: string): string;
  unwrap(wrapped: string, keyId: string): Result<string, 'damaged'>;
}

/** The stored key does not open: the master key is another one, or the row was altered. */
class DataKeyDamaged extends Error {
  override readonly name = 'DataKeyDamaged';
}

/** How long another process may go on with a key after it was destroyed here. */
const rememberMs = 1_000;
const maxRemembered = 10_000;

export function createPostgresKeyStore(db: Database, wrapping: KeyWrapping): KeyStore {
  const remembered = new Map<string, { readonly key: DataKey; readonly until: number }>();

  const remember = (key: DataKey): DataKey => {
    remembered.delete(key.keyId);
    remembered.set(key.keyId, { key, until: performance.now() + rememberMs });
    const [oldest] = remembered.keys();
    if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest);
    return key;
  };

  const open = (keyId: string, wrapped: string): DataKey => {
    const key = wrapping.unwrap(wrapped, keyId);
    if (!key.ok) {
      throw new DataKeyDamaged(
        `Data key ${keyId} cannot be opened: is SLUICE_VAULT_KEY the one it was made under?`,
      );
    }
    return remember({ keyId, key: key.value });
  };

  const loadOnce = (keyId: string): Promise<{ wrapped: string | null } | undefined> =>
    db.selectFrom('data_keys').select('wrapped').where('key_id', '=', keyId).executeTakeFirst();

  /** Once more where the server has cut a connection of the pool that lay idle: the next one is new. */
  const load: typeof loadOnce = (keyId) =>
    loadOnce(keyId).catch((error: unknown) => {
      if (!isTransient(error)) throw error;
      return loadOnce(keyId);
    });

  /** Many events of one domain are opened at once: one question for all of them. */
  const asking = new Map<string, Promise<DataKey | undefined>>();

  const ask = async (keyId: string): Promise<DataKey | undefined> => {
    try {
      const stored = await load(keyId);
      if (stored?.wrapped) return open(keyId, stored.wrapped);
      remembered.delete(keyId);
      return undefined;
    } finally {
      asking.delete(keyId);
    }
  };

  return {
    async create(keyId) {
      const stored = await load(keyId);
      if (stored === undefined) await insert(db, keyId, wrapping.wrap(wrapping.newKey(keyId).key, keyId));
      // Read again: somebody else may have made it, or destroyed it, in between.
      const made = stored ?? (await load(keyId));
      return made?.wrapped ? ok(open(keyId, made.wrapped)) : fail('destroyed');
    },

    async get(keyId) {
      const known = remembered.get(keyId);
      if (known !== undefined && performance.now() < known.until) return known.key;
      const asked = asking.get(keyId) ?? ask(keyId);
      asking.set(keyId, asked);
      return asked;
    },

    async destroy(keyId) {
      remembered.delete(keyId);
      await sql`insert into data_keys (key_id, wrapped, destroyed_at) values (${keyId}, null, now())
        on conflict (key_id) do update
          set wrapped = null, destroyed_at = coalesce(data_keys.destroyed_at, now())`.execute(db);
      // A read that began before may have remembered it meanwhile.
      remembered.delete(keyId);
    },
  };
}

async function insert(db: Database, keyId: string, wrapped: string): Promise<void> {
  await db
    .insertInto('data_keys')
    .values({ key_id: keyId, wrapped, destroyed_at: null })
    .onConflict((conflict) => conflict.column('key_id').doNothing())
    .execute();
}
