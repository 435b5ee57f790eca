/** The key for roots: the vectors of RFC 8032, and what does not pass for a signature. */
import { describe, expect, it } from 'vitest';
import { createRootSigner, verifySignature } from './root-key.ts';

const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');

describe('the key for roots', () => {
  const signer = createRootSigner(seed.toString('base64'));

  it('signs as RFC 8032 §7.1 test 1 says', () => {
    expect(signer.sign('')).toEqual({
      key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    });
  });

  it('verifies its own signatures, of the same text only', () => {
    expect(verifySignature('a text', signer.sign('a text'))).toBe(true);
    expect(verifySignature('another', signer.sign('a text'))).toBe(false);
  });

  it('takes neither another spelling nor nonsense', () => {
    const { key, signature } = signer.sign('a text');
    expect(verifySignature('a text', { key, signature: signature.toUpperCase() })).toBe(false);
    expect(verifySignature('a text', { key: key.toUpperCase(), signature })).toBe(false);
    expect(verifySignature('a text', { key: '', signature })).toBe(false);
    expect(verifySignature('a text', { key: 'f'.repeat(64), signature })).toBe(false);
  });

  it('is made from 32 bytes and nothing else', () => {
    expect(() => createRootSigner('c2hvcnQ=')).toThrow('32 bytes');
  });
});
