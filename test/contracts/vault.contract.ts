/** What every Vault promises: what is sealed opens once more under its key and in its place, and nowhere else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '@sluice/core/kernel/json.ts';
import type { KeyStore, Vault } from '@sluice/core/ports/vault.ts';

export function vaultContract(create: () => { vault: Vault; keys: KeyStore }): void {
  async function withKey(): Promise<{ vault: Vault; keys: KeyStore }> {
    const made = create();
    await made.keys.create('domain-1');
    return made;
  }

  async function sealed(vault: Vault, value: Json, context = 'event-1') {
    const result = await vault.seal('domain-1', value, context);
    if (!result.ok) throw new Error(result.error);
    return result.value;
  }

  describe('vault', () => {
    it('opens what it sealed, for any JSON', async () => {
      const { vault } = await withKey();
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, context) => {
          const json = JSON.parse(JSON.stringify(value)) as Json;
          expect(await vault.open(await sealed(vault, json, context), context)).toEqual({
            ok: true,
            value: json,
          });
        }),
      );
    });

    it('opens a long value that repeats itself, and keeps it short', async () => {
      const { vault } = await withKey();
      const value = { excerpt: 'buy now '.repeat(1000), names: ['Ä'.repeat(200)] };
      const short = await sealed(vault, value);
      expect(short.data.length).toBeLessThan(400);
      expect(await vault.open(short, 'event-1')).toEqual({ ok: true, value });
    });

    it('says damaged in another context', async () => {
      const { vault } = await withKey();
      const value = await sealed(vault, 'secret', 'event-1');
      expect(await vault.open(value, 'event-2')).toEqual({ ok: false, error: 'damaged' });
    });

    it('says damaged where any one byte was altered', async () => {
      const { vault } = await withKey();
      const value = await sealed(vault, { subject: 'a subject', to: ['a@example.com'] });
      const bytes = Buffer.from(value.data, 'base64');
      for (let at = 0; at < bytes.length; at += 1) {
        const altered = Buffer.from(bytes);
        altered[at]! ^= 1 << (at % 8);
        const opened = await vault.open({ keyId: value.keyId, data: altered.toString('base64') }, 'event-1');
        expect(opened).toEqual({ ok: false, error: 'damaged' });
      }
    });

    it('says damaged where it was cut, lengthened or is no base64', async () => {
      const { vault } = await withKey();
      const value = await sealed(vault, 'secret');
      for (const data of ['', 'AAAA', value.data.slice(4), `${value.data}AAAA`, ` ${value.data}`, '%%%']) {
        expect(await vault.open({ keyId: value.keyId, data }, 'event-1')).toEqual({
          ok: false,
          error: 'damaged',
        });
      }
    });

    it('says damaged under another key', async () => {
      const { vault, keys } = await withKey();
      await keys.create('domain-2');
      const { data } = await sealed(vault, 'secret');
      expect(await vault.open({ keyId: 'domain-2', data }, 'event-1')).toEqual({
        ok: false,
        error: 'damaged',
      });
    });

    it('says erased once the key is destroyed, though it was opened before', async () => {
      const { vault, keys } = await withKey();
      const value = await sealed(vault, 'secret');
      expect((await vault.open(value, 'event-1')).ok).toBe(true);
      await keys.destroy('domain-1');
      expect(await vault.open(value, 'event-1')).toEqual({ ok: false, error: 'erased' });
      expect(await vault.seal('domain-1', 'more', 'event-2')).toEqual({ ok: false, error: 'no-key' });
    });

    it('seals nothing without a key', async () => {
      const { vault } = create();
      expect(await vault.seal('never-made', 'secret', 'event-1')).toEqual({ ok: false, error: 'no-key' });
    });

    it('seals the same value differently each time, and shows nothing of it', async () => {
      const { vault } = await withKey();
      const [first, second] = [await sealed(vault, 'secret'), await sealed(vault, 'secret')];
      expect(first.data).not.toBe(second.data);
      expect(Buffer.from(first.data, 'base64').includes('secret')).toBe(false);
    });
  });
}
