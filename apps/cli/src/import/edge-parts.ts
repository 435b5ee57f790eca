/** The parts of an edge whose mail comes from files, in a folder of its own: replica, outbox, what was handed in, judging. */
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { receiverContext } from '@sluice/core/edge/receive.ts';
import type { ReceiverContext } from '@sluice/core/edge/receive-context.ts';
import type { HandedIn } from '@sluice/core/ports/handed-in.ts';
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import type { Replica } from '@sluice/core/ports/replica.ts';
import type { Resolver } from '@sluice/core/ports/resolver.ts';
import { connectClamd } from '@sluice/clamd';
import { createDeadline, createResolver } from '@sluice/dns';
import { type Config, loadChecks } from '@sluice/environment';
import { connectEngine } from '@sluice/external-engine';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { createIds, createVault, systemClock } from '@sluice/node-crypto';
import { EdgeFileError, openHandedIn, openOutbox, openReplica } from '@sluice/sqlite-edge';
import { refused } from '../exit.ts';

export interface ImportEdge extends AsyncDisposable {
  readonly folder: string;
  readonly replica: Replica;
  readonly outbox: Outbox;
  readonly handedIn: HandedIn;
  readonly context: ReceiverContext;
}

/** Throws where another import uses the folder. */
export async function openImportEdge(
  config: Config,
  { edge, dns }: { readonly edge: string; readonly dns: boolean },
): Promise<ImportEdge> {
  await using stack = new AsyncDisposableStack();
  await loadChecks(config);
  const folder = join(config.dataDir, 'import');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const open = <T extends { close(): unknown }>(work: () => T): T =>
    stack.adopt(inUse(folder, work), (one) => Promise.resolve(one.close()).then(() => undefined));
  const replica = open(() => openReplica({ file: join(folder, 'replica.db') }));
  const outbox = open(() => openOutbox({ file: join(folder, 'outbox.db'), edge }));
  const handedIn = open(() => openHandedIn({ file: join(folder, 'handed-in.db') }));
  const inspector = open(() => createMessageInspector({ workers: availableParallelism() }));
  const resolver = dns ? createResolver(config.dns === undefined ? {} : { server: config.dns }) : nobody;
  const ports = {
    replica,
    outbox,
    vault: createVault(keysOf(replica)),
    clock: systemClock,
    ids: createIds(),
    resolver,
    inspector,
    deadline: createDeadline(),
    authenticator: createMailAuthenticator(resolver),
    scanner: config.clamdUrl === undefined ? undefined : connectClamd(config.clamdUrl),
    engine: connectEngine(config.engineUrl),
  };
  const context = receiverContext(ports, {
    hostname: config.hostname,
    edge,
    maxRecipients: 1_000,
    maxMessageBytes: config.maxMessageBytes,
  });
  const running = stack.move();
  return { folder, replica, outbox, handedIn, context, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

function inUse<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof EdgeFileError)) throw error;
    throw refused(`${error.message}: another import may be under way with the folder ${folder}.`);
  }
}

/** Whoever asks although no check may: old names are never looked up by mistake. */
const nobody: Resolver = {
  resolve: () => Promise.resolve({ status: 'failed', message: 'an import asks no DNS' }),
};

/** The data keys that came with the domains. */
const keysOf = (replica: Pick<Replica, 'domainById'>) => ({
  get(keyId: string) {
    const key = replica.domainById(keyId.slice(domainKeyId('').length))?.dataKey;
    return key?.keyId === keyId ? key : undefined;
  },
});
