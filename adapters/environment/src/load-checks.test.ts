/** Modules with checks: found by their path, and what is wrong with them said all at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadChecks } from './load-checks.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-checks-'));
afterAll(() => rmSync(folder, { recursive: true }));

function module(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('checks of third parties', () => {
  it('are none where none are named', async () => {
    expect(await loadChecks({})).toEqual([]);
  });

  it('are taken from the modules that are named, and are the same the second time', async () => {
    const checks = ' docs/plugin/reply-elsewhere.ts ,';
    expect((await loadChecks({ checks })).map(({ name }) => name)).toEqual(['reply-elsewhere']);
    expect(await loadChecks({ checks })).toEqual([]);
  });

  it('are refused all faults at once', async () => {
    const paths = [
      join(folder, 'not-there.mjs'),
      module('throws.mjs', "throw new Error('broken')"),
      module('nothing.mjs', 'export const check = 1'),
      module('odd.mjs', "export default [{ name: 'odd' }]"),
    ];
    const loading = loadChecks({ checks: paths.join(',') });
    await expect(loading).rejects.toThrow(/not-there\.mjs: it cannot be loaded/);
    await expect(loading).rejects.toThrow(/throws\.mjs: it cannot be loaded \(Error: broken\)/);
    await expect(loading).rejects.toThrow(/nothing\.mjs: it exports nothing by default/);
    await expect(loading).rejects.toThrow(/SLUICE_CHECKS: .+odd\.mjs: the check “odd”: number: /);
  });
});
