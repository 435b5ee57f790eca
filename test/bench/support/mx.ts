/** Our own mx as a server under measurement: a fresh data folder with one fed domain, checks off, outbox with fsync. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReplicaDomain } from '@sluice/core/handover/feed.ts';
import { newDataKey } from '@sluice/node-crypto';
import { openReplica } from '@sluice/sqlite-edge';
import { cpuOf, type Server, startProcess, stopProcess, untilGreeted } from './child.ts';
import { freePort } from '../../contracts/support/free-port.ts';

export const benchDomain = 'bench.example';

const holdAll = { tag: 0, hold: 0, reject: 1_000 };
const domainId = '01930000-0000-7000-8000-0000000000d1';
const childFile = fileURLToPath(new URL('../../support/mx-child.ts', import.meta.url));

export interface MxBenchOptions {
  /** Where accepted mail goes; none: everything is held, so that only taking mail in is measured. */
  readonly route?: ReplicaDomain['route'];
  readonly nodeArgs?: readonly string[];
  readonly policy?: Partial<ReplicaDomain['policy']>;
  /** `host:port` of a name server. */
  readonly dns?: string;
  readonly name?: string;
  /** Called with the data folder when the server has stopped, before the folder goes. */
  readonly afterwards?: (folder: string) => void;
}

/** The folder of a mx whose replica knows `bench.example`. */
export function prepareFolder({ route = [], policy = {} }: MxBenchOptions = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  mkdirSync(join(folder, 'edge'), { mode: 0o700 });
  const replica = openReplica({ file: join(folder, 'edge', 'replica.db') });
  const domain: ReplicaDomain = {
    domainId,
    accountId: '01930000-0000-7000-8000-0000000000aa',
    name: benchDomain,
    status: 'active',
    policy: {
      revision: 1,
      checks: {},
      thresholds: route.length === 0 ? holdAll : { tag: 4, hold: 7, reject: 10 },
      lists: [],
      ...policy,
    },
    route,
    dataKey: newDataKey(`domain-${domainId}`),
  };
  replica.apply({ domains: [domain], serviceLists: [], next: '1', more: false }, new Date().toISOString());
  replica.close();
  return folder;
}

export async function startMx(options: MxBenchOptions = {}): Promise<Server> {
  const folder = prepareFolder(options);
  const port = await freePort();
  const started = startProcess({
    command: process.execPath,
    args: [...(options.nodeArgs ?? []), childFile],
    env: {
      SLUICE_DATA_DIR: folder,
      SLUICE_SMTP_PORT: String(port),
      SLUICE_HOSTNAME: 'mx.bench.example',
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_LOG_FORMAT: 'json',
      SLUICE_MAX_MESSAGE_BYTES: '20000000',
      // All clients of a bench have one address.
      SLUICE_CONNECTION_EXEMPT: '192.0.2.0/24',
      ...(options.dns === undefined ? {} : { SLUICE_DNS: options.dns }),
    },
  });
  await untilGreeted(port, started.output);
  const pid = started.process.pid ?? 0;
  return {
    name: options.name ?? 'sluice',
    port,
    cpuMs: () => cpuOf(pid),
    async [Symbol.asyncDispose]() {
      await stopProcess(started.process);
      options.afterwards?.(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
