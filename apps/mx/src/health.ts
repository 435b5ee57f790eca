/** What an edge tells of itself: whether it can take mail, and figures for Prometheus. */
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import type { Replica } from '@sluice/core/ports/replica.ts';
import type { DecidedMail } from '@sluice/core/edge/receive-context.ts';
import type { Metrics, PartHealth } from '@sluice/telemetry';
import type { DiskGuard } from './disk-space.ts';

export interface HealthParts {
  readonly replica: Pick<Replica, 'isReady' | 'confirmedAt'>;
  readonly outbox: Pick<Outbox, 'status'>;
  readonly disk: DiskGuard;
}

/** Ready: a mail sent now would be judged and kept. The intake may be away meanwhile. */
export async function readiness({ replica, outbox, disk }: HealthParts): Promise<Record<string, PartHealth>> {
  const { parked } = outbox.status();
  return {
    replica: replica.isReady()
      ? { ready: true, message: `current at ${replica.confirmedAt() ?? 'no time'}` }
      : { ready: false, message: 'no policies have come from the intake yet' },
    outbox: parked === 0 ? { ready: true } : { ready: true, message: `the intake refused ${parked} items` },
    disk: disk.hasRoom()
      ? { ready: true }
      : { ready: false, message: `only ${Math.floor(disk.free() / 1_048_576)} MiB are free` },
  };
}

export function edgeMetrics(metrics: Metrics, { outbox }: HealthParts, connections: () => number) {
  const mails = metrics.counter('sluice_mx_mails_total', 'Mails decided', ['verdict', 'reason']);
  const bytes = metrics.counter('sluice_mx_bytes_total', 'Bytes of mails decided');
  const turnedAway = metrics.counter('sluice_mx_turned_away_total', 'Connections ended by the listener', [
    'why',
  ]);
  const gauge = (name: string, help: string, read: () => number): void => {
    const one = metrics.gauge(name, help);
    // Asked when somebody scrapes.
    Object.assign(one, { collect: () => one.set(read()) });
  };
  gauge('sluice_mx_connections', 'Open SMTP connections', connections);
  gauge('sluice_mx_undelivered', 'Mails waiting for their route', () => outbox.status().undelivered);
  gauge('sluice_mx_unshipped', 'Items waiting for the intake', () => outbox.status().unshipped);
  gauge('sluice_mx_parked', 'Items that the intake refused', () => outbox.status().parked);
  return {
    decided({ verdict, reason, size }: DecidedMail): void {
      mails.inc({ verdict, reason });
      bytes.inc(size);
    },
    turnedAway: (why: string): void => turnedAway.inc({ why }),
  };
}
