/**
 * Goal S1: taking mail in without content checks, 4 KB, one mail a connection, 20 sessions; decisions durable before the reply.
 *
 *     node test/bench/s1-edge.ts [mails a round, default 5000] [rounds, default 3]
 *
 * Ours is the role mx as it runs, with checks off: SQLite outbox with fsync on disk, events sealed and chained. All its mail is
 * held (raw and decision kept for the archive), so that only taking in is measured; a second row delivers everything to a sink
 * meanwhile. The banner comes at once. Haraka has no checks and drops what it takes; Postfix is durable and holds deliveries
 * back. Servers take turns; medians.
 */
import { measureEdge } from './support/edge-bench.ts';

const floors = [{ peer: 'Haraka', floor: 1.2 }];

export async function run(mails = 5_000, rounds = 3): Promise<boolean> {
  const load = { mails, sessions: 20, size: 4096, keepAlive: false };
  return measureEdge({ title: 'S1: one mail a connection', load, rounds, floors });
}

if (import.meta.main) {
  const isMet = await run(Number(process.argv[2] ?? 5_000), Number(process.argv[3] ?? 3));
  process.exit(isMet ? 0 : 1);
}
