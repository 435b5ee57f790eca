/** Hands what was turned away to the outbox, minute by minute and at the end. */
import { type ConnectionsRefused, edgeFormats } from '@sluice/core/decision/edge-counters.ts';
import type { RefusalCounter } from '@sluice/core/edge/receive-counters.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { Clock, Ids } from '@sluice/core/ports/clock.ts';
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import type { Log } from '@sluice/telemetry';

export interface RefusalPorts {
  readonly refusals: RefusalCounter;
  readonly outbox: Pick<Outbox, 'putCounters'>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly edge: string;
}

const flushEveryMs = 60_000;

/** Disposing hands over the rest; do it before the outbox is closed. */
export function keepRefusals(ports: RefusalPorts): AsyncDisposable {
  const { refusals, outbox, vault, clock, ids, log, edge } = ports;
  const codec = createEventCodec<ConnectionsRefused>(edgeFormats, vault);

  async function put(event: ConnectionsRefused): Promise<void> {
    // Not derived from the minute: an edge that is started again within it has another part of the same minute.
    const id = ids.next();
    const metadata = { actor: { kind: 'edge' as const, id: edge }, at: clock.now(), correlationId: id, edge };
    const encoded = await codec.encode(event, { id, keyId: '', metadata });
    if (encoded.ok) await outbox.putCounters(encoded.value);
  }

  async function flush(before?: string): Promise<void> {
    for (const event of refusals.take(before)) {
      try {
        await put(event);
      } catch (error) {
        log.error({ error: String(error), minute: event.data.minute }, 'Counts of refusals were lost');
      }
    }
  }

  const timer = setInterval(() => void flush(clock.now()), flushEveryMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await flush();
    },
  };
}
