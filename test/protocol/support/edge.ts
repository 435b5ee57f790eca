/** An edge in this process: a real listener and receiver over a real outbox and replica in a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allChecks } from '@sluice/core/checks/registry.ts';
import { decisionFormats, type MailJudged, type MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import { createReceiver, type Receiver } from '@sluice/core/edge/receive.ts';
import type { DecidedMail, ReceiverOptions, ReceiverPorts } from '@sluice/core/edge/receive-context.ts';
import type { ReplicaDomain } from '@sluice/core/handover/feed.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { CheckPolicy } from '@sluice/core/policy/policy.ts';
import type { Clock } from '@sluice/core/ports/clock.ts';
import type { Outbox, Shipment } from '@sluice/core/ports/outbox.ts';
import type { Replica } from '@sluice/core/ports/replica.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import type { VirusScanner } from '@sluice/core/ports/virus-scanner.ts';
import { createDeadline } from '@sluice/dns';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { createIds, createVault, newDataKey, systemClock } from '@sluice/node-crypto';
import { type SmtpListener, type SmtpListenerOptions, startSmtpListener } from '@sluice/smtp-server';
import { openOutbox, openReplica } from '@sluice/sqlite-edge';
import { afterEach } from 'vitest';
import { createZoneResolver } from '../../support/zone-resolver.ts';

export interface TestEdge {
  readonly port: number;
  readonly outbox: Outbox;
  readonly replica: Replica;
  readonly receiver: Receiver;
  readonly listener: SmtpListener;
  readonly vault: Vault;
  readonly decided: DecidedMail[];
  readonly errors: unknown[];
  /** All decisions in the outbox, opened, with the raw mails that go to the archive. */
  readonly decisions: () => Promise<
    readonly { readonly data: MailJudgedData; readonly raw: Uint8Array | undefined }[]
  >;
}

export const domainIdOf = (number: number): string =>
  `01930000-0000-7000-8000-0000000000${number.toString(16).padStart(2, '0')}`;

/** A check that is on, the others being off. */
export const check = (mode: CheckPolicy['mode'], settings: CheckPolicy['settings'] = {}): CheckPolicy => ({
  mode,
  weight: 5,
  onError: 'ignore',
  exempt: [],
  settings,
});

/** An active domain whose checks are all off but those that are named, and those that cannot be. */
export function testDomain(
  number: number,
  name: string,
  changes: Partial<Omit<ReplicaDomain, 'policy'>> & {
    readonly policy?: Partial<ReplicaDomain['policy']>;
  } = {},
): ReplicaDomain {
  const domainId = domainIdOf(number);
  const { policy, ...rest } = changes;
  return {
    domainId,
    accountId: domainIdOf(0xaa),
    name,
    status: 'active',
    route: [],
    dataKey: newDataKey(`domain-${domainId}`),
    ...rest,
    policy: {
      revision: 7,
      checks: Object.fromEntries(
        allChecks.map((one) => [one.name, check(one.modes.includes('off') ? 'off' : 'reject')]),
      ),
      thresholds: { tag: 4, hold: 7, reject: 10 },
      lists: [],
      ...policy,
    },
  };
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

export interface EdgeChanges {
  readonly options?: Partial<ReceiverOptions>;
  readonly limits?: SmtpListenerOptions['limits'];
  readonly clock?: Clock;
  /** Instead of the real outbox's `put`. */
  readonly put?: Outbox['put'];
  readonly scanner?: VirusScanner;
  /** What an edge may have beside the rest. */
  readonly ports?: Pick<ReceiverPorts, 'bayes' | 'counters' | 'callout' | 'pause' | 'load'>;
  readonly zone?: Parameters<typeof createZoneResolver>[0];
}

/** Closed after the test. Without domains the replica was never fed. */
export async function startEdge(
  domains: readonly ReplicaDomain[],
  { options = {}, limits = {}, clock = systemClock, put, zone = {}, scanner, ports }: EdgeChanges = {},
): Promise<TestEdge> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-edge-'));
  const replica = openReplica({ file: join(folder, 'replica.db') });
  if (domains.length > 0) {
    replica.apply({ domains, serviceLists: [], next: '1', more: false }, systemClock.now());
  }
  const outbox = openOutbox({ file: join(folder, 'outbox.db'), edge: 'mx1' });
  const inspector = createMessageInspector();
  const resolver = createZoneResolver(zone);
  const keys = new Map(domains.map(({ dataKey }) => [dataKey.keyId, dataKey]));
  const vault = createVault({ get: (keyId) => keys.get(keyId) });
  const decided: DecidedMail[] = [];
  const errors: unknown[] = [];
  const receiver = createReceiver(
    {
      replica,
      outbox: put === undefined ? outbox : { put },
      vault,
      clock,
      ids: createIds(),
      deadline: createDeadline(),
      resolver,
      authenticator: createMailAuthenticator(resolver),
      inspector,
      scanner,
      ...ports,
    },
    {
      hostname: 'mx.example.net',
      edge: 'mx1',
      maxMessageBytes: limits.maxMessageBytes ?? 1_000_000,
      maxRecipients: 100,
      onDecided: (mail) => decided.push(mail),
      onError: (error) => errors.push(error),
      ...options,
    },
  );
  const listener = await startSmtpListener({
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    limits: { maxMessageBytes: 1_000_000, ...limits },
    session: (client) => receiver.open(client),
    onError: (error) => errors.push(error),
  });
  open.push(async () => {
    await listener.close(0);
    await outbox.close();
    await inspector.close();
    replica.close();
    rmSync(folder, { recursive: true });
  });
  const codec = createEventCodec<MailJudged>(decisionFormats, vault);
  const openDecision = async ({ event, raw }: Shipment) => {
    const decoded = await codec.decode(event);
    if (!decoded.ok) throw new Error(decoded.error.code);
    return { data: decoded.value.data, raw };
  };
  return {
    port: listener.port,
    outbox,
    replica,
    receiver,
    listener,
    vault,
    decided,
    errors,
    decisions: () => Promise.all(outbox.shipments({ items: 5_000, maxBytes: 100_000_000 }).map(openDecision)),
  };
}
