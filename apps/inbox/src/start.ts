/** The role `inbox`: the demo route, which takes every mail and shows it on a page. */
import { join } from 'node:path';
import type { Config } from '@sluice/environment';
import { createMessageInspector } from '@sluice/mime';
import { startSmtpListener } from '@sluice/smtp-server';
import { closeServer, createLog, listen, PortTaken } from '@sluice/telemetry';
import { createInboxServer } from './http.ts';
import { openMailStore } from './mail-store.ts';
import { createInboxSession } from './session.ts';

export async function start(config: Config) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'inbox', level: config.logLevel, format: config.logFormat });
  const store = await openMailStore(join(config.dataDir, 'inbox'));
  const inspector = createMessageInspector({ workers: 1 });
  stack.defer(() => inspector.close());

  const smtp = await startSmtpListener({
    host: config.bind,
    port: config.inboxPort,
    hostname: config.hostname,
    session: () => createInboxSession({ store, inspector, hostname: config.hostname }),
    onError: (error) => log.error({ error: String(error) }, 'A mail could not be kept'),
  }).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? new PortTaken(config.bind, config.inboxPort)
      : error;
  });
  stack.defer(() => smtp.close(1_000));
  const server = createInboxServer({ store, inspector });
  const http = await listen(server, { host: config.bind, port: config.inboxHttpPort });
  stack.defer(() => closeServer(server));
  log.info({ smtp: smtp.port, http }, 'The demo inbox runs');

  const running = stack.move();
  return {
    ports: { inbox: smtp.port, inboxHttp: http },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
