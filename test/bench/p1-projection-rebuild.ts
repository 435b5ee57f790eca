/**
 * Measures goal P1: rebuilding the read models in PostgreSQL from the log, against writing the same rows barely.
 *
 *     node --max-semi-space-size=64 test/bench/p1-projection-rebuild.ts [decisions, default 60000] [rounds, default 3]
 *
 * The log is the embedded event store in a process of its own, read by the official client; decisions are sealed, with the
 * facts of nine checks. A rebuild reads, opens, writes beside, makes the indexes and swaps. The bare upsert writes rows that
 * are ready into a table with a primary key only, 1,000 at a time: the rows of `mails` by the statement of the projection, and
 * a table of 17 plain columns by a statement that anybody would write. Three rounds, taking turns, medians.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import {
  abandonRebuild,
  advance,
  beginRebuild,
  insertMails,
  listMails,
  type MailView,
  rebuildSchema,
  waitFor,
} from '@sluice/postgres';
import type { ProjectionName } from '@sluice/projections';
import { type Centre, connectCentre, createEdge, makeDomain } from '../contracts/intake.harness.ts';
import { directIntake, startReadSide } from '../contracts/projections.harness.ts';
import { startTestPostgres } from '../contracts/support/postgres.ts';
import { median } from './support/statistics.ts';
import { startServer } from './support/event-store-server.ts';

const defaultRounds = 3;
const domains = 20;
const batch = 1_000;
const floor = 0.3;
const goal = 0.6;
const rebuilt = ['mails', 'timeline', 'statistics'] as const satisfies readonly ProjectionName[];

export interface Measured {
  readonly name: string;
  /** Events or rows a second, median. */
  readonly rate: number;
  /** CPU time of this process for one, in microseconds, median: steadier than the rate on a shared machine. */
  readonly cpu: number;
  /** To the bare upsert of the rows of `mails`. */
  readonly ratio: number;
  /** To the bare upsert of plain columns. */
  readonly ratioToPlain: number;
}

interface Sample {
  readonly rate: number;
  readonly cpu: number;
}

export async function run(decisions = 60_000, rounds = defaultRounds): Promise<readonly Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-projections-'));
  const events = await startServer(join(folder, 'events.db'));
  const database = await startTestPostgres();
  const postgresUrl = await database.createDatabase();
  const centre = await connectCentre({ folder, postgresUrl, eventstoreUrl: events.url });
  try {
    await fill(centre, decisions);
    return await measure(centre, { decisions, rounds });
  } finally {
    await centre.close();
    await database.stop();
    await events.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(centre: Centre, decisions: number): Promise<void> {
  const take = directIntake(centre);
  const edge = createEdge(centre, 'mx1');
  for (let domain = 0; domain < domains; domain += 1) {
    const owner = await makeDomain(centre, `d${domain}.example`);
    const items = [];
    for (let one = 0; one < decisions / domains; one += 1) {
      const verdict = one % 3 === 0 ? 'accept' : 'defer';
      items.push(
        await edge.decide(owner, {
          verdict,
          reason: 'score-tag',
          facts,
          subject: `Offer number ${one} for you`,
        }),
      );
    }
    const { taken } = await take({ edge: 'mx1', items });
    if (taken.length !== items.length)
      throw new Error(`only ${taken.length} of ${items.length} decisions were taken`);
  }
}

/** As large as those of a real mail. */
const facts = Object.fromEntries(
  ['spf', 'dkim', 'dmarc', 'fcrdns', 'dns-blocklist', 'header-syntax', 'bayes', 'uri-blocklist', 'links'].map(
    (name) => [
      name,
      {
        status: 'observed' as const,
        fact: { result: 'pass', domain: `${name}.sender.example`, comment: 'x'.repeat(40), weight: 0.5 },
      },
    ],
  ),
);

async function measure(
  centre: Centre,
  { decisions, rounds }: { readonly decisions: number; readonly rounds: number },
): Promise<readonly Measured[]> {
  const readSide = await startReadSide(centre);
  const samples = new Map<string, Sample[]>();
  const take = async (name: string, count: number, work: () => Promise<void>): Promise<void> => {
    samples.set(name, [...(samples.get(name) ?? []), await timed(count, work)]);
  };
  try {
    await caughtUp(centre);
    const rows = await allMails(centre);
    const plain = await startPlainUpserts(centre.postgresUrl);
    for (let round = 1; round <= rounds; round += 1) {
      console.log(`round ${round} of ${rounds}`);
      await take('bare upsert, plain', rows.length, () => plain.upsert(rows));
      await take('bare upsert, mails', rows.length, () => upsertMails(centre, rows));
      for (const name of rebuilt)
        await take(`rebuild ${name}`, decisions, () => readSide.projections.rebuild(name));
    }
    await plain.close();
  } finally {
    await readSide.close();
  }
  const rateOf = (name: string): number => median((samples.get(name) ?? []).map(({ rate }) => rate));
  return [...samples].map(([name, list]) => ({
    name,
    rate: rateOf(name),
    cpu: median(list.map(({ cpu }) => cpu)),
    ratio: rateOf(name) / rateOf('bare upsert, mails'),
    ratioToPlain: rateOf(name) / rateOf('bare upsert, plain'),
  }));
}

/** What the projection writes, into tables like those of a rebuild, from rows that are ready. */
async function upsertMails({ postgres: { db } }: Centre, mails: readonly MailView[]): Promise<void> {
  const rebuild = { projection: 'bench', tables: ['mails'] };
  const schema = rebuildSchema(rebuild);
  await beginRebuild(db, rebuild);
  let at: string | undefined;
  for (let from = 0; from < mails.length; from += batch) {
    const rows = mails.slice(from, from + batch).map(({ id, ...mail }) => ({ ...mail, mailId: id }));
    const to = String(from + 1);
    await advance(db, { projection: 'bench-next', from: at, to, schema }, (tx) => insertMails(tx, rows));
    at = to;
  }
  await abandonRebuild(db, rebuild);
}

async function caughtUp({ store, postgres }: Centre): Promise<void> {
  for await (const { position } of store.readAll({ direction: 'backwards', limit: 1 })) {
    for (const name of rebuilt) {
      if (!(await waitFor(postgres.db, name, String(position), 300_000)))
        throw new Error(`${name} does not catch up`);
    }
  }
}

async function allMails({ postgres }: Centre): Promise<readonly MailView[]> {
  const mails: MailView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listMails(operatorScope(), postgres.db, {
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    mails.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return mails;
}

/** The statement that anybody would write: one parameter a column, nothing read, nothing opened. */
async function startPlainUpserts(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create table bare (mail_id uuid primary key, account_id uuid, domain_id uuid, edge text,
    received_at timestamptz, position bigint, revision integer, verdict text, reason text, score float8, sender text,
    recipients text, subject text, from_header text, size bigint, sha256 text, delivery text)`);
  const columns: readonly [string, (mail: MailView) => string | number][] = [
    ['uuid', (mail) => mail.id],
    ['uuid', (mail) => mail.accountId],
    ['uuid', (mail) => mail.domainId],
    ['text', (mail) => mail.edge],
    ['timestamptz', (mail) => mail.receivedAt],
    ['bigint', (mail) => mail.position],
    ['integer', (mail) => mail.revision],
    ['text', (mail) => mail.verdict],
    ['text', (mail) => mail.reason],
    ['float8', (mail) => mail.score],
    ['text', (mail) => mail.sender],
    ['text', (mail) => mail.recipients.join('\n')],
    ['text', (mail) => mail.subject],
    ['text', (mail) => mail.from],
    ['bigint', (mail) => mail.size],
    ['text', (mail) => mail.sha256],
    ['text', (mail) => mail.delivery],
  ];
  const lists = columns.map(([type], index) => `$${index + 1}::${type}[]`).join(', ');
  const statement = `insert into bare select * from unnest(${lists})
    on conflict (mail_id) do update set delivery = excluded.delivery`;
  return {
    async upsert(mails: readonly MailView[]): Promise<void> {
      await client.query('truncate bare');
      for (let from = 0; from < mails.length; from += batch) {
        const part = mails.slice(from, from + batch);
        await client.query(
          statement,
          columns.map(([, value]) => part.map(value)),
        );
      }
    },
    close: () => client.end(),
  };
}

async function timed(count: number, work: () => Promise<void>): Promise<Sample> {
  const before = process.cpuUsage();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return { rate: count / seconds, cpu: (user + system) / count };
}

if (import.meta.main) {
  const measured = await run(Number(process.argv[2] ?? 60_000), Number(process.argv[3] ?? defaultRounds));
  console.log(
    `${''.padEnd(20)}${'a second'.padStart(11)}${'CPU µs'.padStart(9)}${'× mails'.padStart(10)}${'× plain'.padStart(10)}`,
  );
  for (const { name, rate, cpu, ratio, ratioToPlain } of measured) {
    const figures = [
      Math.round(rate).toLocaleString('en'),
      cpu.toFixed(0),
      ratio.toFixed(2),
      ratioToPlain.toFixed(2),
    ];
    console.log(
      name.padEnd(20) + [11, 9, 10, 10].map((width, index) => figures[index]?.padStart(width)).join(''),
    );
  }
  const worst = Math.min(...measured.map(({ ratio }) => ratio));
  console.log(`worst ${worst.toFixed(2)} × the bare upsert of mails; floor ${floor}, goal ${goal}`);
  if (worst < floor) process.exitCode = 1;
}
