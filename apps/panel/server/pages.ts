/** The built pages of SvelteKit, as a handler of Node's server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setLibraryVariables } from '@sluice/environment';
import { currentBuild } from './build.ts';

export type Pages = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Rejects with a sentence if the panel has not been built. */
export async function loadPages(): Promise<Pages> {
  const folder = await currentBuild();
  if (folder === undefined) throw new Error('The panel has not been built; run `npm run build`.');
  // SvelteKit reads these when it is loaded, and takes them in no other way; our server writes both headers.
  setLibraryVariables({
    PANEL_PROTOCOL_HEADER: 'x-forwarded-proto',
    PANEL_ADDRESS_HEADER: 'x-real-ip',
    PANEL_BODY_SIZE_LIMIT: '1M',
  });
  // Built code, out of sight of the type checker.
  const { handler } = (await import(pathToFileURL(join(folder, 'handler.js')).href)) as { handler: Pages };
  return handler;
}
