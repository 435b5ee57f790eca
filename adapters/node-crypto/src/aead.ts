/** AES-256-GCM over one buffer: nonce, ciphertext and tag in a row, as everything that we encrypt is kept. */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { drawRandom } from './random.ts';

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
/** NIST SP 800-38D §8.2.2: random 96-bit nonces are good for 2^32 messages a key; a domain seals one or two a mail. */
const nonceBytes = 12;
const tagBytes = 16;

/** A key from 32 bytes in base64. Throws on anything else: no caller can go on without it. */
export function parseKey(base64: string): KeyObject {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== keyBytes)
    throw new TypeError(`a key is ${keyBytes} bytes in base64, not ${bytes.length}`);
  return createSecretKey(bytes);
}

/** Encrypts; `context` is authenticated and must be named again to decrypt. */
export function encrypt(key: KeyObject, plain: Uint8Array, context: string): Buffer {
  const nonce = drawRandom(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Decrypts; undefined where a byte was altered, or key or context are others. */
export function decrypt(key: KeyObject, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    const plain = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
    // Throws if the tag does not fit; GCM is a stream cipher and holds no bytes back.
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** The bytes of canonical base64; undefined for any other text, so that no second text stands for the same bytes. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
