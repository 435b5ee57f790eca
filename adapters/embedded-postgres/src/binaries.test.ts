/** The programs can be run by another user even where npm put them out of its reach. */
import { chmod, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseAccount } from './account.ts';
import { findBinaries, reachableBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';

describe.skipIf(process.getuid?.() !== 0)('binaries below a 0700 folder of root (needs root)', () => {
  let folder: string;
  let hidden: Binaries;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-binaries-'));
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'root'), { mode: 0o700 });
    const native = join(folder, 'root', 'native');
    await cp(dirname(dirname((await findBinaries()).postgres)), native, {
      recursive: true,
      verbatimSymlinks: true,
    });
    hidden = { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are used where they are by root itself', async () => {
    expect(await reachableBinaries(hidden, undefined, join(folder, 'shared'))).toEqual(hidden);
  });

  it('are copied once for the server user, also under a strict umask', async () => {
    const account = await chooseAccount(join(folder, 'no-data'));
    const shared = join(folder, 'shared');
    await mkdir(shared, { recursive: true, mode: 0o755 });
    const umask = process.umask(0o077);
    try {
      const first = await reachableBinaries(hidden, account, shared);
      expect(first.postgres).toMatch(new RegExp(`^${shared}/postgresql-[0-9a-f]{12}/bin/postgres$`));
      expect(await reachableBinaries(hidden, account, shared)).toEqual(first);
      expect(await readdir(shared)).toHaveLength(1);
    } finally {
      process.umask(umask);
    }
  });
});

describe('binaries', () => {
  it('that do not run are reported with the way out', async () => {
    const missing = { postgres: '/nonexistent/postgres', initdb: '/nonexistent/initdb' };
    await expect(reachableBinaries(missing, undefined, '/nonexistent')).rejects.toMatchObject({
      code: 'unsupported-platform',
      message: expect.stringContaining('SLUICE_POSTGRES_URL'),
    });
  });
});
