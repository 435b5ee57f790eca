/** How a key store makes and wraps data keys, with the installation's master key inside. */
import { newDataKey, unwrapKey, wrapKey } from './data-keys.ts';

/** `masterKey`: 32 bytes, base64. */
export const createKeyWrapping = (masterKey: string) => ({
  newKey: newDataKey,
  wrap: (dataKey: string, keyId: string) => wrapKey(masterKey, dataKey, keyId),
  unwrap: (wrapped: string, keyId: string) => unwrapKey(masterKey, wrapped, keyId),
});
