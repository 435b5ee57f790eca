/** What every KeyStore promises: a key stays the same for all who ask, until it is destroyed for good. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeyStore } from '@sluice/core/ports/vault.ts';

/** `open` gives another view of the same store each time, as another process has it. */
export function keyStoreContract(open: () => KeyStore): void {
  const newId = (): string => `domain-${randomUUID()}`;

  describe('key store', () => {
    it('makes a key of 32 bytes, and gives the same one to everybody', async () => {
      const id = newId();
      const made = await open().create(id);
      expect(made.ok && Buffer.from(made.value.key, 'base64')).toHaveLength(32);
      expect(await open().create(id)).toEqual(made);
      expect({ ok: true, value: await open().get(id) }).toEqual(made);
    });

    it('makes one key where many ask at once', async () => {
      const id = newId();
      const made = await Promise.all(Array.from({ length: 10 }, () => open().create(id)));
      expect(new Set(made.map((one) => one.ok && one.value.key)).size).toBe(1);
    });

    it('makes different keys for different ids', async () => {
      const [one, other] = [await open().create(newId()), await open().create(newId())];
      expect(one.ok && other.ok && one.value.key !== other.value.key).toBe(true);
    });

    it('has no key that nobody made', async () => {
      expect(await open().get(newId())).toBeUndefined();
    });

    it('never makes a destroyed key again', async () => {
      const [store, id] = [open(), newId()];
      await store.create(id);
      await store.destroy(id);
      expect(await store.get(id)).toBeUndefined();
      expect(await store.create(id)).toEqual({ ok: false, error: 'destroyed' });
      expect(await open().create(id)).toEqual({ ok: false, error: 'destroyed' });
      await store.destroy(id);
      expect(await open().get(id)).toBeUndefined();
    });

    it('never makes a key that was destroyed before there was one', async () => {
      const [store, id] = [open(), newId()];
      await store.destroy(id);
      expect(await store.create(id)).toEqual({ ok: false, error: 'destroyed' });
    });
  });
}
