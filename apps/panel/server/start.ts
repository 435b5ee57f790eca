/** The role `panel`: the pages people use, and the way from a browser to the api. */
import type { Config } from '@sluice/environment';
import { closeServer, createLog, createMetrics, listen } from '@sluice/telemetry';
import { loadPages } from './pages.ts';
import { createPanelServer } from './server.ts';

export async function start(config: Config) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'panel', level: config.logLevel, format: config.logFormat });
  const apiUrl = config.apiUrl ?? `http://127.0.0.1:${config.apiPort}`;
  const server = createPanelServer({
    apiUrl: new URL(apiUrl),
    publicUrl: config.publicUrl === undefined ? undefined : new URL(config.publicUrl),
    pages: await loadPages(),
    metrics: createMetrics('panel'),
    log,
  });
  const port = await listen(server, { host: config.bind, port: config.panelPort });
  stack.defer(() => closeServer(server));
  log.info({ port }, 'The panel runs');

  const running = stack.move();
  return { ports: { panel: port }, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
