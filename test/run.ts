/** `npm test`: runs every test of the house and ends with one plain line: `N passed, N failed`, and `N skipped` if there are any. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingParts } from './support/parts.ts';
import { lastLine, type Report, type Run, summarise, type Summary } from './support/summary.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
/** Ends a run that hangs; on two free cores all of it takes a few minutes. */
const deadline = AbortSignal.timeout(25 * 60_000);
/** Speaks to a server that only its owner can name: no part of the system, so leaving it out is no skipping. */
const hasEventStore = process.env['SLUICE_EVENTSTORE_URL'] !== undefined;
const hasMeilisearch = process.env['SLUICE_MEILI_URL'] !== undefined;
const leftOut = [
  ...(hasEventStore ? [] : ['--exclude=test/contracts/event-store.eventstoredb.test.ts']),
  ...(hasMeilisearch ? [] : ['--exclude=test/contracts/quarantine-index.meilisearch.test.ts']),
];

async function run(name: string, ...options: readonly string[]): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const child = spawn(process.execPath, [vitest, 'run', ...options, ...reporters], {
    cwd: root,
    stdio: 'inherit',
  });
  const end = (): void => void child.kill();
  deadline.addEventListener('abort', end, { once: true });
  try {
    await once(child, 'close');
    return { name, status: child.exitCode, report: readReport(file) };
  } finally {
    deadline.removeEventListener('abort', end);
    rmSync(folder, { recursive: true });
  }
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

function tell({ broken, skipped }: Summary): void {
  for (const what of broken) console.log(`failed: ${what}`);
  for (const name of skipped) console.log(`skipped: ${name}`);
  const missing = missingParts();
  if (skipped.length > 0 && missing.length > 0) console.log(`missing on this machine: ${missing.join(', ')}`);
}

const runs = [
  await run('unit and integration', '--project=unit', '--project=integration', ...leftOut),
  await run('e2e', '--project=e2e'),
];
if (!hasEventStore)
  console.log('left out: the event store contract on a server of yours (SLUICE_EVENTSTORE_URL)');
if (!hasMeilisearch)
  console.log('left out: the quarantine index contract on a Meilisearch server of yours (SLUICE_MEILI_URL)');
const summary = summarise(runs);
tell(summary);
const mayNotSkip = process.env['CI'] === 'true';
if (mayNotSkip && summary.skipped.length > 0) console.log('failed: with CI=true no test may be skipped');
process.exitCode = summary.failed > 0 || (mayNotSkip && summary.skipped.length > 0) ? 1 : 0;
console.log(lastLine(summary));
