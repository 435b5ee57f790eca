/**
 * Measures goals Q1 to Q3 on the embedded quarantine index, with generated mails.
 *
 *     node test/bench/q-quarantine.ts [rows, default 200000]
 *
 * Mails are of 300 domains (some much larger than others), with words as frequent as in a natural language, 100 to a mail.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type {
  QuarantineDocument,
  QuarantineIndex,
  QuarantineIndexWriter,
  QuarantineQuery,
} from '@sluice/core/ports/quarantine-index.ts';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';

const rows = Number(process.argv[2] ?? 200_000);
const batch = 1000;
const domainCount = 300;

/** The same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = createRandom(20261122);
const below = (limit: number): number => Math.floor(random() * limit);

const syllables =
  'ba be bi bo da de du fa ka ke ki la le lo ma me mo na ne no pa po ra re ri sa se si ta ti un ver';
const words = makeWords(60_000);
const word = (): string => words[Math.floor(Math.exp(random() * Math.log(words.length))) - 1] ?? 'word';
const text = (count: number): string => Array.from({ length: count }, word).join(' ');

function makeWords(count: number): string[] {
  const parts = syllables.split(' ');
  const made = new Set<string>();
  while (made.size < count) {
    made.add(Array.from({ length: 2 + below(4) }, () => parts[below(parts.length)]).join(''));
  }
  return [...made];
}

const hex = (n: number, length: number): string => n.toString(16).padStart(length, '0');
const accountId = (domain: number): string => `0193a000-0000-7000-8000-${hex(Math.floor(domain / 3), 12)}`;
const domainId = (domain: number): string => `0193d000-0000-7000-8000-${hex(domain, 12)}`;

const reasons = ['spf-fail', 'dmarc-fail', 'listed', 'score', 'virus', 'blocked-sender'];
let received = Date.UTC(2026, 0, 1);

function mail(n: number): QuarantineDocument {
  received += below(750);
  const domain = Math.floor(random() * random() * domainCount);
  const company = words[below(5000)] ?? '';
  return {
    mailId: `${hex(received, 12).replace(/^(.{8})/, '$1-')}-7${hex(n % 4096, 3)}-8${hex(below(4096), 3)}-${hex(n, 12)}`,
    accountId: accountId(domain),
    domainId: domainId(domain),
    receivedAt: new Date(received).toISOString(),
    verdict: random() < 0.1 ? 'hold' : 'reject',
    reason: reasons[below(reasons.length)] ?? '',
    checks: ['spf', 'dnsbl', 'bayes'].filter(() => random() < 0.5),
    sender: `${word()}${below(1000)}@${company}.example`,
    recipients: [`${words[below(800)]}@customer${domain}.example`],
    from: `${text(2)} <${word()}@${company}.example>`,
    subject: text(4 + below(8)),
    attachmentNames: random() < 0.2 ? [`${word()}_${below(9999)}.pdf`] : [],
    body: text(20 + below(160)),
    size: 2000 + below(20_000),
  };
}

async function fill(writer: QuarantineIndexWriter): Promise<{ rate: number; slowest: number; cpu: number }> {
  let spent = 0;
  let cpu = 0;
  let slowest = 0;
  for (let n = 0; n < rows; n += batch) {
    const upsert = Array.from({ length: Math.min(batch, rows - n) }, (_, place) => mail(n + place));
    const start = performance.now();
    const cpuBefore = process.cpuUsage();
    await writer.write({ upsert, remove: [], checkpoint: String(n) });
    const took = performance.now() - start;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu += user + system;
    spent += took;
    slowest = Math.max(slowest, took);
  }
  return { rate: (rows / spent) * 1000, slowest, cpu: cpu / rows };
}

async function measure(reader: QuarantineIndex, ask: () => [TenantScope, QuarantineQuery]): Promise<string> {
  const times: number[] = [];
  let found = 0;
  for (let round = 0; round < 200; round++) {
    const [scope, query] = ask();
    const start = performance.now();
    found += (await reader.search(scope, query)).items.length;
    times.push(performance.now() - start);
  }
  const [p50, p95, worst] = [0.5, 0.95, 1].map((q) => percentile(times, q).toFixed(2).padStart(8));
  return `${p50}${p95}${worst}${(found / 200).toFixed(1).padStart(8)}`;
}

const percentile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? 0;

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
try {
  const indexes = openQuarantineIndexes(folder);
  const rebuild = await indexes.startRebuild();
  const { rate, slowest, cpu } = await fill(rebuild.writer);
  await rebuild.swap();
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  );
  const perRow = sizes.reduce((sum, size) => sum + size, 0) / rows;
  console.log(
    `${rows} rows: ${rate.toFixed(0)} rows/s written (${cpu.toFixed(0)} µs CPU a row, slowest ${batch}: ${slowest.toFixed(0)} ms), ${perRow.toFixed(0)} bytes a row`,
  );

  const reader = await indexes.openReader();
  const inDomain = (query: QuarantineQuery): [TenantScope, QuarantineQuery] => {
    const domain = Math.floor(random() * random() * domainCount);
    return [accountScope(accountId(domain)), { ...query, domainId: domainId(domain) }];
  };
  const some = (from: number): string => words[from + below(400)] ?? '';
  const cases: Record<string, () => [TenantScope, QuarantineQuery]> = {
    'list of a domain': () => inDomain({}),
    'page by reason': () => inDomain({ reason: 'listed' }),
    'list by sender': () => inDomain({ sender: `${words[below(5000)]}.example` }),
    'list of a week': () => inDomain({ since: '2026-01-01T01:00:00Z', until: '2026-01-01T05:00:00Z' }),
    'word, frequent': () => inDomain({ text: some(20) }),
    'word, rare': () => inDomain({ text: some(5000) }),
    'two words': () => inDomain({ text: `${some(20)} ${some(20)}` }),
    'prefix of 3': () => inDomain({ text: `${some(500).slice(0, 3)}*` }),
    'prefix of 5': () => inDomain({ text: `${some(500).slice(0, 5)}*` }),
    phrase: () => inDomain({ text: `"${words[below(30)]} ${words[below(30)]}"` }),
    'without a word': () => inDomain({ text: `${some(20)} -${some(0)}` }),
    'whole service': () => [operatorScope(), { text: some(500) }],
  };
  console.log(`\n${'ms'.padEnd(20)}     p50     p95   worst   found`);
  for (const [name, ask] of Object.entries(cases))
    console.log(`${name.padEnd(20)}${await measure(reader, ask)}`);
  await reader.close();
} finally {
  await rm(folder, { recursive: true });
}
