/**
 * Goal U1: `npm start` to ready, second start of an installed Sluice (floor 15 s, goal 5 s); beside it a bare Node process.
 *
 *     node test/bench/u1-start.ts [rounds, default 3]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { newDataDir, removeDataDir, startInstance } from '../e2e/support/instance.ts';
import { median } from './support/statistics.ts';

const floorSeconds = 15;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

async function bareNode(): Promise<void> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
}

export async function run(rounds = 3): Promise<boolean> {
  const dataDir = await newDataDir();
  const starts: number[] = [];
  const stops: number[] = [];
  const bare: number[] = [];
  let first = 0;
  try {
    for (let round = 0; round <= rounds; round += 1) {
      const since = performance.now();
      const instance = await startInstance({ dataDir });
      const seconds = (performance.now() - since) / 1000;
      if (round === 0) first = seconds;
      else starts.push(seconds);
      stops.push((await instance.stop()).ms / 1000);
      bare.push(await timed(bareNode));
    }
  } finally {
    await removeDataDir(dataDir);
  }
  const start = median(starts);
  console.log('U1: start to ready');
  console.log(`  first start          ${first.toFixed(1)} s`);
  console.log(`  second start         ${start.toFixed(1)} s   (floor ${floorSeconds} s, goal 5 s)`);
  console.log(`  stop                 ${median(stops).toFixed(1)} s`);
  console.log(
    `  bare node process    ${median(bare).toFixed(2)} s   (start is ${(start / median(bare)).toFixed(0)} ×)`,
  );
  return start <= floorSeconds;
}

if (import.meta.main) {
  process.exit((await run(Number(process.argv[2] ?? 3))) ? 0 : 1);
}
