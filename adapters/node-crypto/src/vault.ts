/** The Vault port: JSON, compressed where that helps, under AES-256-GCM with the data key that the caller names. */
import type { KeyObject } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Sealed } from '@sluice/core/kernel/event.ts';
import type { Json } from '@sluice/core/kernel/json.ts';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { DataKey, Vault } from '@sluice/core/ports/vault.ts';
import { decrypt, encrypt, fromBase64, parseKey } from './aead.ts';
import { eventDictionary } from './event-dictionary.ts';

/** Where the vault finds keys: a key store, or the keys that an edge was fed. Asked every time, so that erasing is at once. */
export interface DataKeys {
  get(keyId: string): Promise<DataKey | undefined> | DataKey | undefined;
}

/** First byte of the plain text. */
const codec = { json: 0, deflatedJson: 1 } as const;

/** Shorter ones are not worth the time: an edge that checks little seals thousands a second. */
const worthCompressing = 512;

/** Level and window by measurement: half of zstd's bytes and CPU on a decision, thanks to the dictionary. */
const deflating = { level: 3, windowBits: 13, memLevel: 4, dictionary: eventDictionary } as const;

/** No event is nearly as large; the bound is against one that was made to burst. */
const maxJsonBytes = 16 * 1024 * 1024;

/** Facts fit into one chunk of this size or two; the library's own is 16 KiB of garbage for each event. */
const inflating = { ...deflating, chunkSize: 4 * 1024, maxOutputLength: maxJsonBytes };

const maxParsedKeys = 1024;

export function createVault(keys: DataKeys): Vault {
  const parsed = createParsedKeys();
  return {
    async seal(keyId: string, value: Json, context: string): Promise<Result<Sealed, 'no-key'>> {
      const dataKey = await keys.get(keyId);
      if (dataKey === undefined) return fail('no-key');
      const sealed = encrypt(parsed.of(dataKey), encode(value), context);
      return ok({ keyId, data: sealed.toString('base64') });
    },

    async open(sealed: Sealed, context: string): Promise<Result<Json, 'erased' | 'damaged'>> {
      const dataKey = await keys.get(sealed.keyId);
      if (dataKey === undefined) return fail('erased');
      const bytes = fromBase64(sealed.data);
      const plain = bytes && decrypt(parsed.of(dataKey), bytes, context);
      const value = plain && decode(plain);
      return value === undefined ? fail('damaged') : ok(value);
    },
  };
}

function encode(value: Json): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  if (json.length >= worthCompressing) {
    const packed = deflateRawSync(json, deflating);
    if (packed.length < json.length) return withCodec(codec.deflatedJson, packed);
  }
  return withCodec(codec.json, json);
}

const withCodec = (code: number, payload: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.of(code), payload]);

/** Undefined for what this version cannot read, though it was sealed under the right key. */
function decode(plain: Buffer): Json | undefined {
  const payload = plain.subarray(1);
  try {
    if (plain[0] === codec.json) return parseJson(payload);
    if (plain[0] === codec.deflatedJson) {
      return parseJson(inflateRawSync(payload, inflating));
    }
  } catch {
    return undefined;
  }
  return undefined;
}

const parseJson = (bytes: Buffer): Json => JSON.parse(bytes.toString('utf8')) as Json;

/** Key objects by key text, the longest unused dropped first: importing a key costs more than using it. */
function createParsedKeys(): { of(dataKey: DataKey): KeyObject } {
  const known = new Map<string, KeyObject>();
  return {
    of({ key }) {
      const object = known.get(key) ?? parseKey(key);
      known.delete(key);
      known.set(key, object);
      for (const oldest of known.keys()) {
        if (known.size <= maxParsedKeys) break;
        known.delete(oldest);
      }
      return object;
    },
  };
}
