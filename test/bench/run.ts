/**
 * Runs benchmarks one after the other, each in a process of its own, and says which floors were missed.
 *
 *     npm run bench                 all
 *     npm run bench -- s1 e1        those whose file begins so
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
const benches = readdirSync(folder)
  .filter((file) => /^[a-z]\d*-[a-z0-9-]+\.ts$/.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(`${name}-`)))
  .toSorted();

/** As the supervisor starts the process that a bench stands for. */
const flags: Readonly<Record<string, readonly string[]>> = { p1: ['--max-semi-space-size=64'] };

const missed: string[] = [];
for (const file of benches) {
  console.log(`\n== ${file}`);
  const child = spawn(process.execPath, [...(flags[file.split('-')[0] ?? ''] ?? []), `${folder}${file}`], {
    stdio: 'inherit',
  });
  await once(child, 'exit');
  if (child.exitCode !== 0) missed.push(file);
}
console.log(
  missed.length === 0 ? '\nAll floors are met.' : `\nBelow its floor, or broken: ${missed.join(', ')}`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
