/**
 * Goal S6: a client that pipelines (RFC 2920) is never slower than one that does not.
 *
 *     node test/bench/s6-pipelining.ts [mails a round, default 4000] [rounds, default 3]
 *
 * One client program in both ways, in turn, many mails of 4 KB a connection, 20 sessions; ours is the role mx with checks off
 * and everything held, Haraka accepts and drops. The client runs in this process. Medians of the rates.
 */
import type { Server } from './support/child.ts';
import { startHaraka } from './support/haraka.ts';
import { startMx } from './support/mx.ts';
import { sendMails } from './support/pipelining-client.ts';
import { median } from './support/statistics.ts';

const floor = 1.0;

async function measure(server: Server, mails: number, rounds: number): Promise<number> {
  const rates = { plain: [] as number[], pipelined: [] as number[] };
  const load = { port: server.port, mails, sessions: 20, size: 4096 };
  await sendMails({ ...load, mails: Math.ceil(mails / 4), pipelined: true });
  for (let round = 0; round < rounds; round += 1) {
    rates.plain.push(await sendMails({ ...load, pipelined: false }));
    rates.pipelined.push(await sendMails({ ...load, pipelined: true }));
  }
  const ratio = median(rates.pipelined) / median(rates.plain);
  console.log(
    `${server.name.padEnd(16)}${median(rates.plain).toFixed(0).padStart(10)}${median(rates.pipelined).toFixed(0).padStart(12)}${ratio.toFixed(2).padStart(8)}`,
  );
  return ratio;
}

export async function run(mails = 4_000, rounds = 3): Promise<boolean> {
  await using stack = new AsyncDisposableStack();
  console.log(
    `\nS6: pipelining (${mails} mails a round)\n${'server'.padEnd(16)}${'one by one'.padStart(10)}${'pipelined'.padStart(12)}${'ratio'.padStart(8)}`,
  );
  const ours = await measure(stack.use(await startMx()), mails, rounds);
  try {
    // Fewer: it stalls.
    await measure(stack.use(await startHaraka()), Math.ceil(mails / 4), rounds);
  } catch (error) {
    console.log(`Haraka cannot run here, left out: ${String(error).slice(0, 300)}`);
  }
  console.log(`${ours.toFixed(2)}, floor ${floor}: ${ours >= floor ? 'met' : 'MISSED'}`);
  return ours >= floor;
}

if (import.meta.main) {
  const isMet = await run(Number(process.argv[2] ?? 4_000), Number(process.argv[3] ?? 3));
  process.exit(isMet ? 0 : 1);
}
