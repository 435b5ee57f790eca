/** For those who build the panel: our server in front of Vite, which shows each change at once. `node server/dev.ts --api URL --port N` */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLog, createMetrics, listen } from '@sluice/telemetry';
import { createServer } from 'vite';
import { createPanelServer } from './server.ts';

const { values } = parseArgs({
  options: {
    api: { type: 'string', default: 'http://127.0.0.1:4000' },
    port: { type: 'string', default: '3100' },
  },
});
process.chdir(join(import.meta.dirname, '..'));
const log = createLog({ role: 'panel', level: 'info', format: 'pretty' });
const server = createPanelServer({
  apiUrl: new URL(values.api),
  publicUrl: undefined,
  pages: (request, response, next) => vite.middlewares(request, response, next),
  metrics: createMetrics('panel'),
  log,
});
const vite = await createServer({
  // On the port of the pages: their policy lets them connect to no other.
  server: { middlewareMode: true, hmr: { server } },
  // Several may work in one checkout.
  cacheDir: mkdtempSync(join(tmpdir(), 'panel-dev-')),
  appType: 'custom',
});
const port = await listen(server, { host: '127.0.0.1', port: Number(values.port) });
log.info({ url: `http://localhost:${port}` }, 'The panel is served from its sources');
