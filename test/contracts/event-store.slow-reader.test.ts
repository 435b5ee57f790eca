/** Regression: the end of a read that came while the reader was busy with an event was never seen, and the read timed out. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as busy } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connectEventStore } from '@sluice/eventstoredb';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';

it('sees the end of a read that came while the reader was busy with the last event', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-slow-reader-'));
  const server = await startEmbeddedEventStore({
    file: join(folder, 'events.db'),
    host: '127.0.0.1',
    port: 0,
  });
  const store = connectEventStore(server.url);
  try {
    const metadata = {
      schemaVersion: 1,
      actor: { kind: 'system', id: 'test' },
      at: '2026-11-22T00:00:00Z',
      correlationId: 'c',
    } as const;
    await store.append(
      'slow-1',
      [{ id: crypto.randomUUID(), type: 'Tested', data: {}, metadata }],
      'no-stream',
    );
    const seen: number[] = [];
    const since = performance.now();
    for await (const event of store.readStream('slow-1', { limit: 1 })) {
      seen.push(event.revision);
      await busy(200);
    }
    expect(seen).toEqual([0]);
    expect(performance.now() - since).toBeLessThan(5_000);
  } finally {
    await store.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});
