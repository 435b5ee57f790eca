/**
 * The SQL of every query on the read models lies beside it, and at 100,000 rows no query reads a big table from end to end.
 * `npx vitest run -u test/contracts/postgres.plans.test.ts` writes the SQL anew: review the difference.
 */
import { accountScope } from '@sluice/core/kernel/tenant-scope.ts';
import { connectPostgres, listMails, type Postgres } from '@sluice/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QueryCase, queryCases } from './postgres.query-cases.ts';
import { accountAt, fillTables } from './postgres.rows.ts';
import { readableSql, recordSql, type Statement } from './support/record-sql.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let postgres: Postgres;
let client: pg.Client;

beforeAll(async () => {
  postgres = connectPostgres(server.url);
  await postgres.migrate();
  client = new pg.Client({ connectionString: server.url, options: '-c search_path=sluice' });
  await client.connect();
  await fillTables(client);
}, 180_000);
afterAll(async () => {
  await client?.end();
  await postgres?.close();
});

const ask = ({ run }: QueryCase): Promise<readonly Statement[]> => recordSql(postgres.db, run);

describe.each(Object.entries(queryCases))('%s.ts', (file, cases) => {
  it('asks what lies beside it', async () => {
    const parts: string[] = [];
    for (const one of cases) {
      const statements = await ask(one);
      parts.push([`-- ${one.name}`, ...statements.map(readableSql)].join('\n'));
    }
    const path = `../../adapters/postgres/src/queries/${file}.sql`;
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(path);
  });

  it.each(cases)('$name finds its rows by an index', async (one) => {
    const statements = await ask(one);
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      const scans = (await scansOf(statement)).filter(({ table }) => bigTables.has(table));
      expect(scans.filter(({ kind }) => kind === 'Seq Scan')).toEqual([]);
      const asksBigTable = [...bigTables].some((table) => statement.sql.includes(`from ${table}`));
      if (asksBigTable) expect(scans).not.toEqual([]);
    }
  });
});

it('finds mails by what is rare without walking over all others', async () => {
  const walked = { reason: 'virus', delivery: 'bounced' } as const;
  for (const [filter, value] of Object.entries(walked)) {
    const statements = await recordSql(postgres.db, (db) =>
      listMails(accountScope(accountAt(7)), db, { [filter]: value }),
    );
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (costs off) ${statements[0]!.sql}`,
      [...statements[0]!.values],
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain(`mails_by_account_${filter}`);
  }
});

it('sees a query that reads a table from end to end', async () => {
  const scans = await scansOf({ sql: 'select * from mails where size = $1', values: [7] });
  expect(scans).toEqual([{ table: 'mails', kind: 'Seq Scan' }]);
});

const bigTables = new Set(['mails', 'timeline', 'statistics']);

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

interface Scan {
  readonly table: string;
  readonly kind: string;
}

async function scansOf({ sql, values }: Statement): Promise<readonly Scan[]> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
    `explain (format json) ${sql}`,
    [...values],
  );
  return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan: root }) => scansIn(root)));
}

const scansIn = (plan: Plan): readonly Scan[] => [
  ...(plan['Relation Name'] === undefined ? [] : [{ table: plan['Relation Name'], kind: plan['Node Type'] }]),
  ...(plan.Plans ?? []).flatMap(scansIn),
];
