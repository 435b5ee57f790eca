import { describe, expect, it } from 'vitest';
import { createMemoryKeyStore, newDataKey, unwrapKey, wrapKey } from './data-keys.ts';

const master = newDataKey('master').key;

describe('wrapping', () => {
  it('gives back the key that was wrapped', () => {
    const { key } = newDataKey('domain-1');
    expect(unwrapKey(master, wrapKey(master, key, 'domain-1'), 'domain-1')).toEqual({ ok: true, value: key });
  });

  it('does not open under another master key, another id, or altered', () => {
    const wrapped = wrapKey(master, newDataKey('domain-1').key, 'domain-1');
    const altered = Buffer.from(wrapped, 'base64');
    altered[20]! ^= 1;
    const damaged = { ok: false, error: 'damaged' };
    expect(unwrapKey(newDataKey('other').key, wrapped, 'domain-1')).toEqual(damaged);
    expect(unwrapKey(master, wrapped, 'domain-2')).toEqual(damaged);
    expect(unwrapKey(master, altered.toString('base64'), 'domain-1')).toEqual(damaged);
    expect(unwrapKey(master, '', 'domain-1')).toEqual(damaged);
  });

  it('refuses a master key of the wrong length', () => {
    expect(() => wrapKey('c2hvcnQ=', newDataKey('a').key, 'a')).toThrow('32 bytes');
  });
});

describe('the key store in memory', () => {
  it('makes a key once', async () => {
    const store = createMemoryKeyStore();
    const made = await store.create('a');
    expect(made).toEqual(await store.create('a'));
    expect(made).toEqual({ ok: true, value: await store.get('a') });
  });

  it('never makes a destroyed key again', async () => {
    const store = createMemoryKeyStore([newDataKey('a')]);
    await store.destroy('a');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.create('a')).toEqual({ ok: false, error: 'destroyed' });
  });

  it('does not make a key that was destroyed before it was made', async () => {
    const store = createMemoryKeyStore();
    await store.destroy('a');
    expect(await store.create('a')).toEqual({ ok: false, error: 'destroyed' });
  });
});
