/** The operator's checks as the configuration sets them, and how busy this machine is. */
import { availableParallelism, loadavg } from 'node:os';
import type { EdgeLoad } from '@sluice/core/checks/edge-view.ts';
import type { CheckPolicy } from '@sluice/core/policy/policy.ts';
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import { type Config, entriesOf } from '@sluice/environment';
import type { DiskGuard } from './disk-space.ts';

export function operatorChecks(config: Config): Readonly<Record<string, CheckPolicy>> {
  const exempt = entriesOf(config.connectionExempt ?? '');
  const set = (mode: CheckPolicy['mode'], settings: CheckPolicy['settings']): CheckPolicy => ({
    mode,
    weight: 0,
    onError: 'ignore',
    exempt,
    settings,
  });
  return {
    'connection-load': set(config.connectionLoad, {
      maxLoad: config.maxLoad,
      maxWaiting: config.maxWaiting,
      minFreeMiB: config.minFreeMiB,
    }),
    'connection-rate': set(config.connectionRate, {
      perAddress: config.maxConnectionsPerAddress,
      perNetwork: config.maxConnectionsPerNetwork,
      atOnce: config.maxConnectionsAtOnce,
    }),
    'connection-abuse': set(config.connectionAbuse, {
      maxUnknown: config.maxUnknownCommands,
      maxBeforeHello: config.maxUnknownCommands,
    }),
  };
}

const lookEveryMs = 2_000;
const mebibyte = 1_048_576;

/** Looked at now and then, never for a connection. */
export function watchLoad(
  outbox: Pick<Outbox, 'status'>,
  disk: DiskGuard,
): Disposable & { load(): EdgeLoad } {
  const look = (): EdgeLoad => {
    const { undelivered, unshipped } = outbox.status();
    return {
      perCore: Math.round((100 * (loadavg()[0] ?? 0)) / availableParallelism()) / 100,
      waiting: undelivered + unshipped,
      freeMiB: Math.floor(disk.free() / mebibyte),
    };
  };
  let load = look();
  const timer = setInterval(() => {
    load = look();
  }, lookEveryMs);
  timer.unref();
  return { load: () => load, [Symbol.dispose]: () => clearInterval(timer) };
}
