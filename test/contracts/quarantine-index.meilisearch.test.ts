/** The same contract on a Meilisearch server; needs its address in SLUICE_MEILI_URL, and its key in SLUICE_MEILI_KEY. */
import { randomUUID } from 'node:crypto';
import { openMeilisearchIndexes } from '@sluice/meilisearch';
import { describe } from 'vitest';
import { quarantineIndexContract } from './quarantine-index.contract.ts';

const url = process.env['SLUICE_MEILI_URL'] ?? '';
const key = process.env['SLUICE_MEILI_KEY'];

/** Every change is a task or two, each with its own sync to disk; properties make hundreds of them. */
const timeout = 180_000;

describe.skipIf(url === '')('Meilisearch at SLUICE_MEILI_URL (needs one)', { timeout }, () => {
  quarantineIndexContract('Meilisearch', async () => {
    const name = `sluice-test-${randomUUID()}`;
    const indexes = openMeilisearchIndexes({ url, key, name });
    const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }) };
    const dispose = async (): Promise<void> => {
      for (const uid of [name, `${name}-next`]) {
        await fetch(new URL(`/indexes/${uid}`, url), { method: 'DELETE', headers });
      }
    };
    return { indexes, dispose };
  });
});
