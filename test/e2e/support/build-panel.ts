/** Before any instance is started: the panel is built, so that no test waits for it. */
import { ensureBuilt, sourcesHash } from '@sluice/panel/build';

export default async function setup(): Promise<void> {
  await ensureBuilt(await sourcesHash());
}
