/** Puts events that follow each other in one stream into one append, and keeps several appends under way. */
import type { RawAppends } from './raw-appends.ts';
import type { RawEvent } from './raw-event.ts';
import { isMetastream } from './raw-event.ts';

export interface Batches {
  /** Resolves when there is room for more; rejects when an earlier append was refused. */
  add(event: RawEvent): Promise<void>;
  /** Resolves when everything added is on the target's disk. */
  flush(): Promise<void>;
}

const mostEvents = 256;
/** Stores take a megabyte of data at a time. */
const mostBytes = 512 * 1024;
const mostUnderWay = 256;

/** `lastRevision`: of a stream of the target. */
export function createBatches(
  appends: RawAppends,
  lastRevision: (stream: string) => Promise<bigint | undefined>,
): Batches {
  /** By how much a stream's revisions are lower in the target, because the source has lost its first events. */
  const shifts = new Map<string, bigint>();
  let batch: RawEvent[] = [];
  let bytes = 0;
  let underWay: Promise<unknown>[] = [];

  /** Undefined where the target does not say: what it has of the stream is deleted, or there is nothing. */
  const shiftOf = async ({ stream, revision }: RawEvent): Promise<bigint | undefined> => {
    const known = shifts.get(stream);
    if (known !== undefined || revision === 0n) return known ?? 0n;
    // Metadata under way may delete it, or end that.
    await Promise.all(underWay);
    const last = await lastRevision(stream);
    if (last === undefined) return undefined;
    shifts.set(stream, revision - last - 1n);
    return revision - last - 1n;
  };
  const send = async (): Promise<void> => {
    const [first] = batch;
    if (first === undefined) return;
    const events = batch;
    batch = [];
    bytes = 0;
    const expected = await expectedBefore(first);
    const sent = appends.append({ stream: first.stream, expected, events });
    if (expected === 'any') await learnShift(first.stream, events.at(-1)?.revision ?? 0n, sent);
    // Whoever waits for it sees the refusal; until then it must not count as unhandled.
    sent.catch(() => undefined);
    underWay.push(sent);
    if (underWay.length >= mostUnderWay) await underWay.shift();
  };
  const learnShift = async (stream: string, revision: bigint, sent: Promise<bigint>): Promise<void> => {
    if (!isMetastream(stream)) shifts.set(stream, revision - (await sent));
  };
  const expectedBefore = async (first: RawEvent): Promise<bigint | 'no-stream' | 'any'> => {
    // The target writes into metadata streams by itself, when a deleted stream begins again.
    if (isMetastream(first.stream)) return 'any';
    const shift = await shiftOf(first);
    if (shift === undefined) return 'any';
    const expected = first.revision - shift - 1n;
    return expected < 0n ? 'no-stream' : expected;
  };

  return {
    async add(event) {
      const size = event.data.length + event.metadata.length;
      // Metadata go one by one: what a server does with them depends on those before.
      const isNext =
        batch[0]?.stream === event.stream && batch.length < mostEvents && !isMetastream(event.stream);
      if (!isNext || bytes + size > mostBytes) await send();
      batch.push(event);
      bytes += size;
    },
    async flush() {
      await send();
      const sent = underWay;
      underWay = [];
      await Promise.all(sent);
    },
  };
}
