/** Projections in trouble: bad events, a database that cuts its connections, two writers at once, a process that goes away. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { eventId } from '@sluice/core/kernel/hash.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { BatchItem } from '@sluice/core/handover/batch.ts';
import { parseConfig } from '@sluice/environment';
import {
  listMails,
  listParked,
  listProjections,
  rebuildOrder,
  requestRebuild,
  statisticsOf,
  timelineOf,
  waitFor,
} from '@sluice/postgres';
import { start } from '@sluice/projections';
import {
  type Centre,
  createEdge,
  makeDomain,
  must,
  startCentre,
  type TestDomain,
  vaultKey,
} from './intake.harness.ts';
import { directIntake, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
const scope = operatorScope();
let centre: Centre;

beforeAll(async () => {
  centre = await startCentre(server.url);
});
afterAll(() => centre?.close());

/** Hands in so many accepted mails as an edge of its own. */
async function handIn(domain: TestDomain, name: string, count: number, to = centre): Promise<void> {
  const edge = createEdge(to, name);
  const items: BatchItem[] = [];
  for (let one = 0; one < count; one += 1)
    items.push(await edge.decide(domain, { verdict: 'accept', reason: 'clean' }));
  expect((await directIntake(to)({ edge: name, items })).taken).toHaveLength(count);
}

async function figuresOf({ domainId }: TestDomain, of = centre): Promise<number> {
  const year = new Date().getUTCFullYear();
  const query = {
    domainId,
    since: `${year}-01-01T00:00:00Z`,
    until: `${year + 1}-01-01T00:00:00Z`,
    by: 'day',
  } as const;
  return (await statisticsOf(scope, of.postgres.db, query)).series.reduce((sum, { count }) => sum + count, 0);
}

async function mailsOf({ domainId }: TestDomain, of = centre): Promise<number> {
  return (await listMails(scope, of.postgres.db, { domainId, limit: 200 })).items.length;
}

async function appendRaw(
  stream: string,
  event: Pick<NewEvent, 'type' | 'data'>,
  domain?: TestDomain,
): Promise<string> {
  const metadata = {
    schemaVersion: 1,
    actor: { kind: 'system', id: 'test' } as const,
    at: '2026-11-22T10:00:00.000Z',
    correlationId: 'x',
    ...(domain === undefined ? {} : { accountId: domain.accountId, domainId: domain.domainId }),
  };
  const appended = await centre.store.append(
    stream,
    [{ id: eventId(stream, event.type), ...event, metadata }],
    'any',
  );
  return String(must(appended).position);
}

describe('an event that cannot be taken', () => {
  it('is set aside by mails and timeline, and nothing around it is lost', async () => {
    const domain = await makeDomain(centre, 'parked.example');
    await handIn(domain, 'mx1', 30);
    const bad = {
      mailId: 'no id at all',
      verdict: 'reject',
      reason: 'x',
      failed: '0',
      envelope: { recipients: [], sender: '' },
    };
    const data = {
      ...bad,
      outcomes: [],
      summary: { subject: '', from: '' },
      chain: { edge: 'mx9', counter: 1, previous: '' },
    };
    await appendRaw(`decisions-${domain.domainId}`, { type: 'MailJudged', data }, domain);
    await handIn(domain, 'mx2', 30);
    const readSide = await startReadSide(centre);
    try {
      await eventually('all good ones', async () => (await mailsOf(domain)) === 60);
      const parked = await listParked(centre.postgres.db, 'mails');
      expect(parked).toMatchObject([{ type: 'MailJudged', stream: `decisions-${domain.domainId}` }]);
      expect(parked[0]!.reason).toContain('uuid');
      await eventually(
        'timeline',
        async () => (await listParked(centre.postgres.db, 'timeline')).length === 1,
      );
      await eventually('live again', () => readSide.projections.states()['mails']?.status === 'live');
      await readSide.projections.rebuild('mails');
      expect(await mailsOf(domain)).toBe(60);
      expect(await listParked(centre.postgres.db, 'mails')).toHaveLength(1);
      const projections = await listProjections(centre.postgres.db);
      expect(projections.map(({ projection, parked: count }) => [projection, count])).toContainEqual([
        'mails',
        1,
      ]);
    } finally {
      await readSide.close();
    }
  });

  it('stops the settings, says so, and lets the others go on', async () => {
    const lonely = await startCentre(await server.createDatabase());
    const readSide = await startReadSide(lonely);
    try {
      const domain = await makeDomain(lonely, 'stopped.example');
      const data = { name: 'bad.example', accountId: 'no id', preset: 'balanced', edition: 1 };
      const metadata = {
        schemaVersion: 1,
        actor: { kind: 'system', id: 'test' } as const,
        at: '2026-11-22T10:00:00.000Z',
        correlationId: 'x',
      };
      const event = { id: eventId('bad', 'domain'), type: 'DomainAdded', data, metadata };
      await lonely.store.append('domain-no-id', [event], 'no-stream');
      const stopped = await eventually('stopped', () => {
        const state = readSide.projections.states()['settings'];
        return state?.status === 'stopped' && state;
      });
      expect(stopped.message).toContain('domain-no-id');
      await handIn(domain, 'mx1', 3, lonely);
      await eventually('mails', async () => (await mailsOf(domain, lonely)) === 3);
    } finally {
      await readSide.close();
      await lonely.close();
    }
  });
});

describe('a database that cuts its connections', () => {
  it('is waited for, and every decision still counts once', async () => {
    const domain = await makeDomain(centre, 'cut.example');
    const readSide = await startReadSide(centre);
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      for (let round = 0; round < 8; round += 1) {
        await handIn(domain, `mx-cut-${round}`, 20);
        await client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
      }
      await eventually('all counted', async () => (await figuresOf(domain).catch(() => 0)) >= 160, 20_000);
      await eventually('all listed', async () => (await mailsOf(domain).catch(() => 0)) === 160, 20_000);
      expect(await figuresOf(domain)).toBe(160);
    } finally {
      await client.end();
      await readSide.close();
    }
  });
});

describe('two processes that write at the same time', () => {
  it('give way to each other: nothing is counted twice', async () => {
    const domain = await makeDomain(centre, 'twice.example');
    const [first, second] = [await startReadSide(centre), await startReadSide(centre)];
    try {
      for (let round = 0; round < 5; round += 1) await handIn(domain, `mx-twice-${round}`, 30);
      await eventually('all counted', async () => (await figuresOf(domain)) >= 150, 20_000);
      await handIn(domain, 'mx-twice-last', 1);
      await eventually('the last one', async () => (await figuresOf(domain)) >= 151, 20_000);
      expect(await figuresOf(domain)).toBe(151);
    } finally {
      await first.close();
      await second.close();
    }
  });
});

describe('orders', () => {
  it('are carried out by the process that runs the projections, with their progress', async () => {
    const readSide = await startReadSide(centre);
    try {
      const { db } = centre.postgres;
      const order = await requestRebuild(db, 'timeline');
      const done = await eventually('done', async () => {
        const now = await rebuildOrder(db, order.id);
        return (now?.state === 'done' || now?.state === 'failed') && now;
      });
      expect(done).toMatchObject({ state: 'done', message: '' });
      expect(done.events).toBeGreaterThan(100);
      const none = await requestRebuild(db, 'nothing');
      await eventually('failed', async () => (await rebuildOrder(db, none.id))?.state === 'failed');
    } finally {
      await readSide.close();
    }
  });
});

describe('the role', () => {
  it('stands by while another process works, and takes over when that ends', async () => {
    const config = must(
      parseConfig({
        SLUICE_DATA_DIR: centre.folder,
        SLUICE_EVENTSTORE_URL: centre.eventstoreUrl,
        SLUICE_POSTGRES_URL: centre.postgresUrl,
        SLUICE_VAULT_KEY: vaultKey,
        SLUICE_LOG_LEVEL: 'error',
      }),
    );
    const isReady = async (port: number | undefined) =>
      (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200;
    const first = await start(config);
    try {
      await eventually('the first one works', () => isReady(first.ports.projectionsHealth));
      const second = await start(config);
      try {
        expect(await isReady(second.ports.projectionsHealth)).toBe(false);
        await first[Symbol.asyncDispose]();
        await eventually('the second one works', () => isReady(second.ports.projectionsHealth));
        const domain = await makeDomain(centre, 'takeover.example');
        expect(await waitFor(centre.postgres.db, 'settings', domain.position, 5_000)).toBe(true);
        const { items } = await timelineOf(scope, centre.postgres.db, {
          subject: 'domain',
          id: domain.domainId,
        });
        expect(items.map(({ type }) => type)).toContain('DomainAdded');
      } finally {
        await second[Symbol.asyncDispose]();
      }
    } finally {
      await first[Symbol.asyncDispose]();
    }
  });
});
