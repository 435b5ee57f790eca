import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfig } from '@sluice/environment';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventstoreFile } from '../eventstore-url.ts';
import { lacksKeysOfItsEvents, loadSecrets } from './secrets.ts';

describe('the keys of an instance', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-secrets-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  function configWith(more: Readonly<Record<string, string>> = {}) {
    const config = parseConfig({ SLUICE_DATA_DIR: dataDir, ...more });
    if (!config.ok) throw new Error(config.error.join());
    return config.value;
  }
  async function restoreEvents(): Promise<void> {
    await mkdir(dirname(eventstoreFile(dataDir)));
    await writeFile(eventstoreFile(dataDir), '');
  }

  it('are not missed where there are no events yet', async () => {
    expect(await lacksKeysOfItsEvents(configWith())).toBe(false);
  });

  it('are missed where events were brought back without them', async () => {
    await restoreEvents();
    expect(await lacksKeysOfItsEvents(configWith())).toBe(true);
  });

  it('are not missed where they lie beside the events, or the configuration has one', async () => {
    await restoreEvents();
    const vaultKey = Buffer.alloc(32, 7).toString('base64');
    expect(await lacksKeysOfItsEvents(configWith({ SLUICE_VAULT_KEY: vaultKey }))).toBe(false);
    await loadSecrets(configWith());
    expect(await lacksKeysOfItsEvents(configWith())).toBe(false);
  });
});
