/** Loads the checks of third parties that the configuration names, and adds them to the table of this process. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyCheck } from '@sluice/core/checks/check.ts';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { Config } from './keys.ts';
import { ConfigMissing } from './paths.ts';

/**
 * For every process that judges or shows, before it does anything else. A module exports by default one check or an array
 * of checks, made by `defineCheck`; paths are relative to the working directory. Throws with a sentence for each fault.
 */
export async function loadChecks({ checks = '' }: Pick<Config, 'checks'>): Promise<readonly AnyCheck[]> {
  const paths = checks
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
  if (paths.length === 0) return [];
  // The table of checks is large, and not every process that reads the configuration needs it.
  const { installChecks } = await import('@sluice/core/checks/install.ts');
  const faults: string[] = [];
  const installed: AnyCheck[] = [];
  for (const path of paths) {
    const exported = await exportedBy(path);
    const result = exported.ok ? installChecks(exported.value) : exported;
    if (result.ok) installed.push(...result.value);
    else faults.push(...result.error.map((fault) => `SLUICE_CHECKS: ${path}: ${fault}`));
  }
  if (faults.length > 0) throw new ConfigMissing(faults.join('\n'));
  return installed;
}

async function exportedBy(path: string): Promise<Result<readonly unknown[], readonly string[]>> {
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
    if (module.default === undefined) return fail(['it exports nothing by default.']);
    return ok(Array.isArray(module.default) ? (module.default as unknown[]) : [module.default]);
  } catch (error) {
    return fail([`it cannot be loaded (${String(error).split('\n', 1)[0]?.slice(0, 300)}).`]);
  }
}
