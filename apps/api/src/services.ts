/** What procedures work with: the stores, put together once when the role starts. */
import type { CommandPorts } from '@sluice/core/use-cases/context.ts';
import type { MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import type { MailViewer } from '@sluice/core/ports/mail-viewer.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import type { QuarantineIndex } from '@sluice/core/ports/quarantine-index.ts';
import type { Queues } from '@sluice/core/ports/queue.ts';
import type { Credentials } from '@sluice/core/ports/credentials.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { RootSigner } from '@sluice/core/ports/root-signer.ts';
import type { RouteProbe } from '@sluice/core/ports/route-probe.ts';
import type { Database } from '@sluice/postgres';
import type { Log, PartHealth } from '@sluice/telemetry';

import type { Jobs } from './jobs.ts';
import type { CheckpointWatch } from './live/checkpoint-watch.ts';

export interface Services {
  readonly db: Database;
  readonly store: EventStore;
  readonly commandPorts: CommandPorts;
  readonly quarantine: QuarantineIndex;
  readonly packs: PackStore;
  readonly viewer: MailViewer;
  readonly inspector: MessageInspector;
  readonly queues: Queues;
  readonly credentials: Credentials;
  /** Long questions that are under way. */
  readonly jobs: Jobs;
  readonly log: Log;
  readonly routeProbe: RouteProbe;
  /** Signs exports; undefined where the installation has no key for roots. */
  readonly signer: RootSigner | undefined;
  /** What clients follow: the index of the quarantine, and the read model of mails. */
  readonly live: { readonly quarantine: CheckpointWatch; readonly mails: CheckpointWatch };
  /** Health of everything that a mail needs on its way, by part. */
  readonly status: () => Promise<Readonly<Record<string, PartHealth>>>;
}
