/** The vault contract over AES-256-GCM of node:crypto. */
import { createMemoryKeyStore, createVault } from '@sluice/node-crypto';
import { vaultContract } from './vault.contract.ts';

vaultContract(() => {
  const keys = createMemoryKeyStore();
  return { vault: createVault(keys), keys };
});
