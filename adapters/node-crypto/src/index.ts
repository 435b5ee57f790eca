/** What of node:crypto the rest of the service uses: the vault, data keys, ids, tokens and certificates. */
export { selfSignedCertificate } from './certificate.ts';
export { createMemoryKeyStore, newDataKey } from './data-keys.ts';
export { createKeyWrapping } from './key-wrapping.ts';
export { createIds, systemClock } from './ids.ts';
export { createRootSigner, verifySignature } from './root-key.ts';
export { randomToken, tokensMatch } from './tokens.ts';
export { createVault, type DataKeys } from './vault.ts';
