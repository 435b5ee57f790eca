/** An intake that serves over HTTP, for tests of what edges ask of it. */
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import { edgeToken, serveIntake } from '@sluice/intake';
import { createIntakeClient } from '@sluice/intake-client';
import { createIds, systemClock } from '@sluice/node-crypto';
import { createMetrics, silentLog } from '@sluice/telemetry';
import { type Centre, secret } from './intake.harness.ts';

export interface TestIntake {
  readonly url: string;
  /** As an edge that has a token: its own, unless another one is given. */
  clientOf(edge: string, token?: string): ReturnType<typeof createIntakeClient>;
  close(): Promise<void>;
}

type Stores = Pick<Centre, 'store' | 'postgres' | 'keys'> & { readonly packs: PackStore };

/** On a port of its own; the stores stay open when it is closed. */
export async function startTestIntake({ store, packs, postgres, keys }: Stores): Promise<TestIntake> {
  const stores = { store, packs, postgres, keys };
  const intake = await serveIntake(
    { ...stores, clock: systemClock, ids: createIds(), metrics: createMetrics('intake'), log: silentLog },
    { host: '127.0.0.1', port: 0, secret },
  );
  const url = `http://127.0.0.1:${intake.port}`;
  return {
    url,
    clientOf: (edge, token = edgeToken(secret, edge)) => createIntakeClient({ url, token, edge }),
    close: () => intake.close(),
  };
}
