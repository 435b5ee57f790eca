/**
 * Goal S2: as S1, but many mails a connection.
 *
 *     node test/bench/s2-edge-keepalive.ts [mails a round, default 10000] [rounds, default 3]
 */
import { measureEdge } from './support/edge-bench.ts';

const floors = [
  { peer: 'Haraka', floor: 1.2 },
  { peer: 'Postfix', floor: 3 },
];

export async function run(mails = 10_000, rounds = 3): Promise<boolean> {
  const load = { mails, sessions: 20, size: 4096, keepAlive: true };
  return measureEdge({ title: 'S2: many mails a connection', load, rounds, floors });
}

if (import.meta.main) {
  const isMet = await run(Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 3));
  process.exit(isMet ? 0 : 1);
}
