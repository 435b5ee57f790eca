/** Hands what an edge decided and kept to the intake, in order, until told to stop. */
import type { BatchAnswer, BatchItem } from '../handover/batch.ts';
import { isMisplaced, misplacements } from '../handover/misplaced.ts';
import type { IntakeClient } from '../ports/intake.ts';
import type { Outbox, Shipment } from '../ports/outbox.ts';
import type { Pause } from '../ports/pause.ts';
import { backoffMs, createBell } from './waiting.ts';

export interface ShipPorts {
  readonly outbox: Pick<Outbox, 'shipments' | 'markShipped' | 'park' | 'renewChains' | 'onChange'>;
  readonly intake: Pick<IntakeClient, 'hand'>;
  readonly pause: Pause;
}

/** What an operator may want to read in a log. */
export type ShipNotice =
  | { readonly kind: 'shipped'; readonly items: number }
  /** Set aside for good: somebody has to look. */
  | { readonly kind: 'parked'; readonly seq: number; readonly reason: string }
  /** The log and this edge disagree about what was decided before: the edge goes on in new chains. */
  | { readonly kind: 'chains-renewed'; readonly reason: string }
  | { readonly kind: 'away'; readonly message: string; readonly retryInMs: number }
  | { readonly kind: 'back' };

/** Well below what the intake takes, so that a batch is on its way for a short time and answered soon. */
const batchLimit = { items: 1_000, maxBytes: 8 * 1024 * 1024 };
/** Asked now and then although nothing rang, in ms. */
const idleMs = 60_000;
const away = { firstMs: 500, maxMs: 60_000 };

/**
 * Resolves once the signal is aborted. Shipping is at least once: what was handed over but not yet marked is handed over
 * again after a crash, and the intake takes it for the same by the ids of its events.
 */
export async function ship(
  ports: ShipPorts,
  signal: AbortSignal,
  tell: (notice: ShipNotice) => void = () => undefined,
): Promise<void> {
  const bell = createBell(ports.pause, signal);
  ports.outbox.onChange(() => bell.ring());
  let failures = 0;
  let items = batchLimit.items;
  /** Once is enough: where what was linked anew is turned away as well, it is set aside. */
  let mayRenew = true;
  while (!signal.aborted) {
    const shipments = ports.outbox.shipments({ ...batchLimit, items });
    if (shipments.length === 0) {
      await bell.wait(idleMs);
      continue;
    }
    const step = await handOver(ports, shipments, { signal, tell, mayRenew });
    if (signal.aborted) return;
    // Whatever one of them is refused for, it is found by handing them over one by one.
    items = step.kind === 'unreadable' ? 1 : Math.min(items * 2, batchLimit.items);
    mayRenew = mayRenewAfter(step, mayRenew);
    if (step.kind !== 'failed') {
      if (failures > 0) tell({ kind: 'back' });
      failures = 0;
      continue;
    }
    failures += 1;
    const retryInMs = backoffMs(failures, away);
    tell({ kind: 'away', message: step.message, retryInMs });
    await ports.pause.sleep(retryInMs, signal);
  }
}

type Step =
  | { readonly kind: 'done'; readonly taken: number }
  | { readonly kind: 'renewed' }
  /** The intake will not take this batch as it is, but may take parts of it. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'failed'; readonly message: string };

const mayRenewAfter = (step: Step, before: boolean): boolean =>
  step.kind === 'done' ? before || step.taken > 0 : before && step.kind !== 'renewed';

interface HandOver {
  readonly signal: AbortSignal;
  readonly tell: (notice: ShipNotice) => void;
  readonly mayRenew: boolean;
}

async function handOver(ports: ShipPorts, shipments: readonly Shipment[], how: HandOver): Promise<Step> {
  const handed = await ports.intake.hand({ items: shipments.map(itemOf) }, how.signal);
  if (!handed.ok && handed.error.code === 'unavailable') {
    return { kind: 'failed', message: handed.error.message };
  }
  if (!handed.ok && shipments.length > 1) return { kind: 'unreadable' };
  const answer = handed.ok ? answerTo(shipments, handed.value) : allRefused(shipments, handed.error.message);
  return answer.taken.length + answer.refused.length === 0
    ? { kind: 'failed', message: 'The intake took nothing of the batch.' }
    : record(ports, answer, how);
}

/** Notes in the outbox what the intake answered. */
async function record(
  { outbox }: ShipPorts,
  { taken, refused }: BatchAnswer,
  { tell, mayRenew }: HandOver,
): Promise<Step> {
  const [misplaced] = mayRenew ? refused.filter(isMisplaced) : [];
  const parked = misplaced === undefined ? refused : refused.filter((one) => !isMisplaced(one));
  try {
    if (taken.length > 0) await outbox.markShipped(taken);
    if (parked.length > 0) await outbox.park(parked);
    if (misplaced !== undefined) await outbox.renewChains(misplacements);
  } catch (error) {
    return { kind: 'failed', message: `what was shipped cannot be marked: ${String(error)}` };
  }
  if (taken.length > 0) tell({ kind: 'shipped', items: taken.length });
  for (const { seq, reason } of parked) tell({ kind: 'parked', seq, reason });
  if (misplaced === undefined) return { kind: 'done', taken: taken.length };
  tell({ kind: 'chains-renewed', reason: misplaced.reason });
  return { kind: 'renewed' };
}

const allRefused = (shipments: readonly Shipment[], reason: string): BatchAnswer => ({
  taken: [],
  refused: shipments.map(({ seq }) => ({ seq, reason })),
});

/** What the answer says of the batch that it answers, and of nothing else. */
function answerTo(shipments: readonly Shipment[], answer: BatchAnswer): BatchAnswer {
  const sent = new Set(shipments.map(({ seq }) => seq));
  return {
    taken: answer.taken.filter((seq) => sent.has(seq)),
    refused: answer.refused.filter(({ seq }) => sent.has(seq)),
  };
}

const itemOf = ({ mailId, raw, ...item }: Shipment): BatchItem => ({
  ...item,
  ...(mailId === undefined ? {} : { mailId }),
  ...(raw === undefined ? {} : { body: raw }),
});
