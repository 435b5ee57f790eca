/** The key that signs daily roots and exports: Ed25519 (RFC 8032), kept as the 32 bytes that it is made from. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { RootSigner, Signature, VerifySignature } from '@sluice/core/ports/root-signer.ts';

/** What stands before the 32 bytes in DER (RFC 8410 §7 and §4). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const seedBytes = 32;

/** `seed`: 32 random bytes, base64. Throws on anything else: nothing could be signed. */
export function createRootSigner(seed: string): RootSigner {
  const bytes = Buffer.from(seed, 'base64');
  if (bytes.length !== seedBytes) {
    throw new TypeError(`the key for roots is ${seedBytes} bytes in base64, not ${bytes.length}`);
  }
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, bytes]), format: 'der', type: 'pkcs8' });
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = der.subarray(publicPrefix.length).toString('hex');
  return {
    publicKey,
    sign: (text) => ({ key: publicKey, signature: sign(null, Buffer.from(text), key).toString('hex') }),
  };
}

export const verifySignature: VerifySignature = (text, { key, signature }: Signature) => {
  // Lower case only: no second text stands for the same signature.
  if (!/^[0-9a-f]{128}$/.test(signature)) return false;
  const publicKey = publicKeyOf(key);
  return publicKey !== undefined && verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex'));
};

function publicKeyOf(hex: string): KeyObject | undefined {
  if (!/^[0-9a-f]{64}$/.test(hex)) return undefined;
  try {
    const der = Buffer.concat([publicPrefix, Buffer.from(hex, 'hex')]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
