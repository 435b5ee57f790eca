/** Sees to it that the panel is built before it is started. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { BuildFailed, currentBuild, ensureBuilt, sourcesHash } from '@sluice/panel/build';
import type { Log } from '@sluice/telemetry';
import { unavailable } from '../exit.ts';
import { takeLock } from './lock.ts';

const workFolder = join(fileURLToPath(new URL('../../../panel', import.meta.url)), '.svelte-kit');
const waitMs = 120_000;

/** Builds it where its sources changed, which takes seconds; fails with one sentence. */
export async function buildPanel(log: Log): Promise<void> {
  const wanted = await sourcesHash();
  if ((await currentBuild())?.endsWith(wanted)) return;
  // Several instances of one checkout may start at the same time.
  const lock = await takeLock(workFolder, 'build', waitMs);
  if (lock === undefined) throw unavailable('The panel is being built by another process, and that hangs.');
  const started = performance.now();
  try {
    const built = await ensureBuilt(wanted);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (built) log.info({}, `The panel was built anew, since its sources changed (${seconds} s)`);
  } catch (error) {
    if (!(error instanceof BuildFailed)) throw error;
    throw unavailable(`The panel cannot be built: ${error.message} (\`npm run build\` tells more)`);
  } finally {
    lock.release();
  }
}
