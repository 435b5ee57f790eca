/** What is left of a domain whose key is destroyed: once the read models are rebuilt, no table holds a word of it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { changeDomain } from '@sluice/core/use-cases/domains.ts';
import { orderUndo } from '@sluice/core/use-cases/undo.ts';
import { openIncident, rebuildOrder, requestRebuild, undoOrdersOf } from '@sluice/postgres';
import { projectionNames } from '@sluice/projections';
import pg from 'pg';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { must } from './intake.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';
import { type Releases, startReleases } from './workers.harness.ts';

const server = usePostgres();
let releases: Releases;
let sink: SmtpSink;
let pool: pg.Pool;

beforeAll(async () => {
  const postgresUrl = await server.createDatabase();
  pool = new pg.Pool({ connectionString: postgresUrl, max: 1 });
  releases = await startReleases({ postgresUrl });
  sink = await startSmtpSink();
});
afterAll(async () => {
  await pool?.end();
  await releases?.close();
  await sink?.close();
});

const word = 'quokkaword';

/** Jobs that are done name their recipient for 14 days more, those that failed for 90 (`stored-jobs.ts`); then they go. */
const agesByItself = 'bullmq.job';

/** Every table of every schema that is ours, the queue's included, in which the word stands. */
async function tablesWith(): Promise<readonly string[]> {
  const { rows } = await pool.query<{ schema: string; name: string }>(
    `select table_schema as schema, table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
     order by 1, 2`,
  );
  expect(rows.length).toBeGreaterThan(15);
  const found: string[] = [];
  for (const { schema, name } of rows) {
    const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
    const { rowCount } = await pool.query(`select 1 from ${table} as t where t::text ilike $1 limit 1`, [
      `%${word}%`,
    ]);
    if (rowCount !== 0) found.push(`${schema}.${name}`);
  }
  return found;
}

async function rebuildAll(): Promise<void> {
  const { db } = releases.centre.postgres;
  for (const name of projectionNames) {
    const order = await requestRebuild(db, name);
    await eventually(`${name} is rebuilt`, async () => (await rebuildOrder(db, order.id))?.state === 'done');
  }
}

it('leaves no word of its lists, its mails and its undone incidents in any table', async () => {
  await using _workers = await releases.work();
  const { centre } = releases;
  const domain = await releases.makeDomain(sink);
  const entry = { action: 'block', pattern: `*.${word}.example` } as const;
  const data = { ...entry, authenticated: false, note: word };
  const { revision } = must(await changeDomain(centre.context, domain, { type: 'AddListEntry', data }));
  const mail = await releases.keep(domain, {
    subject: word,
    text: `${word} inside`,
    recipients: [`${word}@${domain.name}`],
    policyRevision: revision,
  });
  const hour = 3_600_000;
  const order = must(
    await orderUndo(centre.context, domain, {
      undoId: crypto.randomUUID(),
      incident: { kind: 'entry', entry },
      since: new Date(Date.now() - hour).toISOString(),
      until: new Date(Date.now() + hour).toISOString(),
      mails: [{ mailId: mail.mailId }],
      rate: 6_000,
    }),
  );
  const { db } = centre.postgres;
  const shown = async () => (await undoOrdersOf(operatorScope(), db, { undoId: order.id }))[0];
  await eventually('the order is finished', async () => (await shown())?.finishedAt !== undefined);
  await releases.settled(mail, 'MailDelivered');
  const sealed = (await shown())!;
  expect(await openIncident(centre.vault, sealed)).toEqual({ kind: 'entry', entry });
  // While the key is there the read models say what people look for.
  expect(await tablesWith()).toEqual(expect.arrayContaining(['sluice.domains', 'sluice.mails']));

  await centre.context.ports.keys.destroy(domainKeyId(domain.domainId));
  await rebuildAll();
  expect((await tablesWith()).filter((table) => table !== agesByItself)).toEqual([]);
  expect(await openIncident(centre.vault, sealed)).toBeUndefined();
});
