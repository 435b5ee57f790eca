/** The contract of the key store, in memory. */
import { createMemoryKeyStore } from '@sluice/node-crypto';
import { keyStoreContract } from './key-store.contract.ts';

const store = createMemoryKeyStore();
keyStoreContract(() => store);
