/** Gathers the raw mails of all edges into packs, and gives each its place once the pack is durable. */
import { buildPack, type MailToPack } from '@sluice/core/archive/build-pack.ts';
import { gathering, gatheringMs } from '@sluice/core/intake/gathering.ts';
import type { BodyArchive } from '@sluice/core/intake/take-batch.ts';
import type { BodyLocation } from '@sluice/core/kernel/event.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';

export interface GatherOptions {
  readonly packs: PackStore;
  /** A name that no pack ever had. */
  readonly newName: () => string;
  readonly onPack?: (pack: { readonly mails: number; readonly bytes: number }) => void;
}

interface Waiting {
  readonly mails: readonly MailToPack[];
  readonly resolve: (locations: readonly BodyLocation[]) => void;
  readonly reject: (error: unknown) => void;
}

const rateWindowMs = 1_000;
/** Packs on their way to the store; with so many more is gathered meanwhile. */
const maxStoring = 2;

export function gatherBodies({
  packs,
  newName,
  onPack,
}: GatherOptions): BodyArchive & { close(): Promise<void> } {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const arrivals = createRate(rateWindowMs);
  const storing = new Set<Promise<void>>();

  const isWorthIt = (): boolean =>
    waitingBytes >= gathering.maxBytes ||
    waiting.reduce((sum, one) => sum + one.mails.length, 0) >= gathering.wantedMails;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    waitingBytes = 0;
    const stored = store(group);
    storing.add(stored);
    void stored.then(() => {
      storing.delete(stored);
      if (isWorthIt()) flush();
    });
  };

  /** Tells everybody how it went, and so never rejects. */
  const store = async (group: readonly Waiting[]): Promise<void> => {
    const mails = group.flatMap((one) => one.mails);
    try {
      const name = newName();
      const pack = buildPack(mails, { name });
      await packs.put(name, pack.bytes);
      onPack?.({ mails: mails.length, bytes: pack.bytes.length });
      let at = 0;
      for (const one of group) {
        one.resolve(pack.locations.slice(at, at + one.mails.length));
        at += one.mails.length;
      }
    } catch (error) {
      for (const one of group) one.reject(error);
    }
  };

  return {
    keep(mails) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly BodyLocation[]>();
      waiting.push({ mails, resolve, reject });
      for (const { raw } of mails) waitingBytes += raw.length;
      const waitMs = gatheringMs(arrivals.add(mails.length));
      const mayStore = storing.size < maxStoring || waitingBytes >= gathering.maxBytes;
      if (mayStore && (waitMs === 0 || isWorthIt())) flush();
      else timer ??= setTimeout(flush, waitMs);
      return promise;
    },
    async close() {
      flush();
      await Promise.all(storing);
    },
  };
}

/** How many came within the last so many ms. */
function createRate(windowMs: number): { add(count: number): number } {
  let recent: { readonly at: number; readonly count: number }[] = [];
  return {
    add(count) {
      const now = performance.now();
      recent = recent.filter(({ at }) => now - at < windowMs);
      recent.push({ at: now, count });
      return recent.reduce((sum, one) => sum + one.count, 0);
    },
  };
}
