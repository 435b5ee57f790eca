/** Hands what an edge decided and kept to the intake, in order, until told to stop. */
import type { BatchAnswer, BatchItem } from '../handover/batch.ts';
import type { IntakeClient } from '../ports/intake.ts';
import type { Outbox, Shipment } from '../ports/outbox.ts';
import type { Pause } from '../ports/pause.ts';
import { backoffMs, createBell } from './waiting.ts';

export interface ShipPorts {
  readonly outbox: Pick<Outbox, 'shipments' | 'markShipped' | 'park' | 'onChange'>;
  readonly intake: Pick<IntakeClient, 'hand'>;
  readonly pause: Pause;
}

/** What an operator may want to read in a log. */
export type ShipNotice =
  | { readonly kind: 'shipped'; readonly items: number }
  /** Set aside for good: somebody has to look. */
  | { readonly kind: 'parked'; readonly seq: number; readonly reason: string }
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
  while (!signal.aborted) {
    const shipments = ports.outbox.shipments({ ...batchLimit, items });
    if (shipments.length === 0) {
      await bell.wait(idleMs);
      continue;
    }
    const step = await handOver(ports, shipments, { signal, tell });
    if (signal.aborted) return;
    // Whatever one of them is refused for, it is found by handing them over one by one.
    items = step.kind === 'unreadable' ? 1 : Math.min(items * 2, batchLimit.items);
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
  | { readonly kind: 'done' }
  /** The intake will not take this batch as it is, but may take parts of it. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'failed'; readonly message: string };

async function handOver(
  { outbox, intake }: ShipPorts,
  shipments: readonly Shipment[],
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (notice: ShipNotice) => void },
): Promise<Step> {
  const handed = await intake.hand({ items: shipments.map(itemOf) }, signal);
  if (!handed.ok && handed.error.code === 'unavailable') {
    return { kind: 'failed', message: handed.error.message };
  }
  if (!handed.ok && shipments.length > 1) return { kind: 'unreadable' };
  const answer = handed.ok ? answerTo(shipments, handed.value) : allRefused(shipments, handed.error.message);
  if (answer.taken.length + answer.refused.length === 0) {
    return { kind: 'failed', message: 'The intake took nothing of the batch.' };
  }
  const failure = await mark(outbox, answer);
  if (failure !== undefined) return { kind: 'failed', message: failure };
  if (answer.taken.length > 0) tell({ kind: 'shipped', items: answer.taken.length });
  for (const { seq, reason } of answer.refused) tell({ kind: 'parked', seq, reason });
  return { kind: 'done' };
}

/** Undefined if it is on disk, else what failed. */
async function mark(
  outbox: ShipPorts['outbox'],
  { taken, refused }: BatchAnswer,
): Promise<string | undefined> {
  try {
    if (taken.length > 0) await outbox.markShipped(taken);
    if (refused.length > 0) await outbox.park(refused);
    return undefined;
  } catch (error) {
    return `what was shipped cannot be marked: ${String(error)}`;
  }
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
