/** What an edge does beside taking mail: deliver, ship, follow the feed. Each runs until told to stop, whatever happens. */
import { deliverDue, type DeliverNotice } from '@sluice/core/edge/deliver-due.ts';
import { followBayes } from '@sluice/core/edge/follow-bayes.ts';
import { followFeed } from '@sluice/core/edge/follow-feed.ts';
import { learnRecipients } from '@sluice/core/edge/learn-recipients.ts';
import { ship } from '@sluice/core/edge/ship.ts';
import type { Clock } from '@sluice/core/ports/clock.ts';
import type { Delivery, Route } from '@sluice/core/ports/delivery.ts';
import type { IntakeClient } from '@sluice/core/ports/intake.ts';
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import type { Pause } from '@sluice/core/ports/pause.ts';
import type { BayesReplica } from '@sluice/core/ports/bayes-models.ts';
import type { Replica } from '@sluice/core/ports/replica.ts';
import type { SharedCounters } from '@sluice/core/ports/shared-counters.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import type { Log } from '@sluice/telemetry';

export interface LoopPorts {
  readonly outbox: Outbox;
  readonly replica: Replica;
  readonly bayes: BayesReplica;
  readonly delivery: Delivery;
  /** Undefined: an edge that was fed and hands over nothing. */
  readonly intake: IntakeClient | undefined;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly log: Log;
  readonly counters: SharedCounters;
}

export interface LoopOptions {
  readonly edge: string;
  readonly hostname: string;
}

/** What deliveries under way have to end in when we are told to stop, in ms; what is cut is delivered again. */
const stopMs = 1_500;
/** Before a loop that has failed is begun again, in ms. */
const restartMs = 1_000;
/** Notices that an operator wants to read. */
const wantsLook: ReadonlySet<string> = new Set(['away', 'parked', 'chains-renewed']);

export function startLoops(ports: LoopPorts, { edge, hostname }: LoopOptions): AsyncDisposable {
  const { outbox, replica, intake, pause, log } = ports;
  const stop = new AbortController();
  const { signal } = stop;
  const deliver = {
    ...ports,
    routeOf: (domainId: string) => routeOf(replica, domainId),
    accountOf: (domainId: string) => replica.domainById(domainId)?.accountId,
  };

  function learn(notice: DeliverNotice): void {
    if (notice.kind !== 'attempted') return;
    const policy = replica.domainById(notice.domainId)?.policy;
    void learnRecipients(ports.counters, { ...notice, policy });
  }

  async function keep(name: string, run: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await run();
      } catch (error) {
        log.error({ loop: name, error: String(error) }, 'A loop failed and begins again');
        await pause.sleep(restartMs, signal);
      }
    }
  }

  const loops = [
    keep('deliver', () =>
      deliverDue(deliver, { edge, helo: hostname }, signal, (notice) => {
        logDelivery(log, notice, signal.aborted);
        learn(notice);
      }),
    ),
  ];
  if (intake !== undefined) {
    const tell = (notice: { readonly kind: string }): void => {
      const level = wantsLook.has(notice.kind) ? 'warn' : 'debug';
      log[level]({ ...notice }, 'Hand-over with the intake');
    };
    loops.push(
      keep('ship', () => ship({ outbox, intake, pause }, signal, tell)),
      keep('feed', () => followFeed({ ...ports, intake }, signal, tell)),
      keep('bayes', () => followBayes({ ...ports, intake, models: ports.bayes }, signal, tell)),
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      const late = new AbortController();
      await Promise.race([Promise.all(loops), pause.sleep(stopMs, late.signal)]);
      late.abort();
    },
  };
}

/** Of a replica of an older version nothing is known yet: it goes on as before, until the feed tells. */
function routeOf(replica: Replica, domainId: string): Route | undefined {
  const domain = replica.domainById(domainId);
  return domain && { hosts: domain.route, trusted: domain.routeTrusted !== false };
}

function logDelivery(log: Log, notice: DeliverNotice, isStopping: boolean): void {
  if (notice.kind === 'unrecorded') {
    // While we stop it only means that the mail is tried again after the next start.
    log[isStopping ? 'info' : 'error']({ ...notice }, 'A delivery could not be recorded');
    return;
  }
  for (const { outcome, code, response, host } of notice.outcomes) {
    const level = outcome === 'delivered' ? 'debug' : 'info';
    log[level]({ mailId: notice.mailId, outcome, code, response, host }, 'Delivery attempted');
  }
}
