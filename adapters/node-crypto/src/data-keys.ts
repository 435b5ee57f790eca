/** Data keys: made, wrapped for storage under the installation's vault key, and kept in memory. */
import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { DataKey, KeyStore } from '@sluice/core/ports/vault.ts';
import { decrypt, encrypt, fromBase64, parseKey } from './aead.ts';

/** A new random key of 32 bytes. */
export const newDataKey = (keyId: string): DataKey => ({ keyId, key: randomBytes(32).toString('base64') });

/**
 * Wraps a data key (32 bytes, base64) under the master key (32 bytes, base64). The key id is authenticated, so that a
 * row of the key table cannot be passed off as another. Throws where either key is not 32 bytes.
 */
export function wrapKey(masterKey: string, dataKey: string, keyId: string): string {
  return encrypt(parseKey(masterKey), parseKey(dataKey).export(), keyId).toString('base64');
}

/** The data key (base64) that `wrapKey` wrapped; `damaged` if it was altered, or wrapped under other keys or another id. */
export function unwrapKey(masterKey: string, wrapped: string, keyId: string): Result<string, 'damaged'> {
  const bytes = fromBase64(wrapped);
  const key = bytes && decrypt(parseKey(masterKey), bytes, keyId);
  return key === undefined ? fail('damaged') : ok(key.toString('base64'));
}

/** A key store that lasts as long as the process: for tests, and for the keys an edge was fed. */
export function createMemoryKeyStore(initial: Iterable<DataKey> = []): KeyStore {
  const keys = new Map<string, DataKey | 'destroyed'>();
  for (const key of initial) keys.set(key.keyId, key);
  return {
    async create(keyId) {
      const known = keys.get(keyId) ?? newDataKey(keyId);
      if (known === 'destroyed') return fail('destroyed');
      keys.set(keyId, known);
      return ok(known);
    },
    async get(keyId) {
      const known = keys.get(keyId);
      return known === 'destroyed' ? undefined : known;
    },
    async destroy(keyId) {
      keys.set(keyId, 'destroyed');
    },
  };
}
