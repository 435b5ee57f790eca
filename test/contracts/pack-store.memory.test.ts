/** The PackStore contract on the store in memory. */
import { createMemoryPackStore } from '@sluice/core/archive/memory-pack-store.ts';
import { packStoreContract } from './pack-store.contract.ts';

packStoreContract('memory', async () => {
  const store = createMemoryPackStore();
  return { store, other: store, dispose: async () => undefined };
});
