/** Quarantined mails, their domains' routes, and workers that redeliver them: all parts real, and all in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectQueues } from '@sluice/bullmq';
import type { BodyLocation } from '@sluice/core/kernel/event.ts';
import { domainStream } from '@sluice/core/domain/domain.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type MailEvent, mailStream } from '@sluice/core/mail/mail.ts';
import type { OwedDeliveries, OwedRow } from '@sluice/core/ports/owed-deliveries.ts';
import type { Queues, RetryPolicy } from '@sluice/core/ports/queue.ts';
import { changeDomain } from '@sluice/core/use-cases/domains.ts';
import { readDecision, type RecordedDecision, releaseMail } from '@sluice/core/use-cases/mails.ts';
import { type Config, parseConfig } from '@sluice/environment';
import { createMailLookup, createOwedDeliveries } from '@sluice/postgres';
import { start } from '@sluice/workers';
import {
  type Centre,
  connectCentre,
  createEdge,
  makeDomain,
  must,
  type TestDomain,
  type TestEdge,
  type TestMail,
  vaultKey,
} from './intake.harness.ts';
import { directIntake, type ReadSide, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';
import { startTestEventStore, type TestEventStore } from './support/eventstore.ts';

/** Short pauses, so that a test sees many attempts in a second. */
export const quickly: RetryPolicy = { attempts: 200, backoffMs: 50, maxBackoffMs: 200 };

export interface Route {
  readonly host: string;
  readonly port: number;
}

export interface KeptMail {
  readonly mailId: string;
  readonly domain: TestDomain;
  readonly raw: Uint8Array;
}

export interface Releases {
  readonly centre: Centre;
  readonly eventStore: TestEventStore;
  /** What a worker of another process is started with. */
  readonly settings: Readonly<Record<string, string>>;
  readonly queues: Queues;
  readonly owed: OwedDeliveries;
  readonly edge: TestEdge;
  /** Idempotent; `startReleases` has done it unless told not to. */
  startProjecting(): Promise<void>;
  /** Starts the role; it ends with the rest, or when it is disposed of. */
  work(options?: { readonly retry?: RetryPolicy }): Promise<AsyncDisposable>;
  makeDomain(route: Route): Promise<TestDomain>;
  setRoute(domain: TestDomain, route: Route): Promise<void>;
  /** As versions wrote it that did not note whether the operator sets it. */
  setRouteOfBefore(domain: TestDomain, route: Route, by: 'operator' | 'user'): Promise<void>;
  /** A refused mail in the log; in the read model too, where that is projected. */
  keep(domain: TestDomain, mail?: TestMail): Promise<KeptMail>;
  decisionOf(mail: KeptMail): Promise<RecordedDecision>;
  bodyOf(mail: KeptMail): Promise<BodyLocation>;
  release(mail: KeptMail, order?: { readonly to?: string }): ReturnType<typeof releaseMail>;
  /** What happened to it since its decision, in the open. */
  events(mail: KeptMail): Promise<readonly MailEvent[]>;
  types(mail: KeptMail): Promise<readonly string[]>;
  owedFor(mail: KeptMail): Promise<readonly OwedRow[]>;
  /** Until an event of the type is there, the owed list is empty, and nothing is left to do in the queue. */
  settled(mail: KeptMail, type: MailEvent['type'], count?: number): Promise<void>;
  close(): Promise<void>;
}

export async function startReleases(
  places: { readonly postgresUrl: string; readonly redisUrl?: string },
  { projecting = true } = {},
): Promise<Releases> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-releases-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const eventStore = await startTestEventStore();
  stack.defer(() => eventStore.dispose());
  const { postgresUrl, redisUrl } = places;
  const centre = await connectCentre({ folder, postgresUrl, eventstoreUrl: eventStore.url });
  stack.defer(() => centre.close());
  const queues = await connectQueues(redisUrl === undefined ? { postgresUrl } : { redisUrl });
  stack.defer(() => queues.close());

  const settings = {
    SLUICE_EVENTSTORE_URL: eventStore.url,
    SLUICE_POSTGRES_URL: postgresUrl,
    SLUICE_VAULT_KEY: vaultKey,
    SLUICE_ARCHIVE_URL: `file:${join(folder, 'archive')}`,
    SLUICE_HOSTNAME: 'mx.sluice.example',
    SLUICE_LOG_LEVEL: 'error',
    ...(redisUrl === undefined ? {} : { SLUICE_REDIS_URL: redisUrl }),
  };
  const config: Config = must(parseConfig(settings));
  const owed = createOwedDeliveries(centre.postgres.db);
  const edge = createEdge(centre, 'mx1');
  const take = directIntake(centre);
  const lookup = createMailLookup(centre.postgres.db);
  const revisions = new Map<string, number>();
  let readSide: ReadSide | undefined;
  const running = stack.use(new AsyncDisposableStack());

  const decisionOf = async ({ mailId, domain }: KeptMail): Promise<RecordedDecision> => {
    const revision = revisions.get(mailId) ?? 0;
    const { accountId, domainId } = domain;
    return must(await readDecision(centre, { mailId, accountId, domainId, revision }));
  };
  const events = async ({ mailId }: KeptMail): Promise<readonly MailEvent[]> => {
    const { codec, store } = centre.context.aggregates.mail;
    const found: MailEvent[] = [];
    for await (const recorded of store.readStream(mailStream(mailId)))
      found.push(must(await codec.decode(recorded)));
    return found;
  };
  const types = async (mail: KeptMail) => (await events(mail)).map(({ type }) => type);
  const owedFor = async ({ mailId }: KeptMail) => (await owed.list()).filter((row) => row.mailId === mailId);
  const setRoute = async (domain: TestDomain, { host, port }: Route): Promise<void> => {
    const hosts = [{ host, port, tls: 'none' as const }];
    must(await changeDomain(centre.context, domain, { type: 'SetRoute', data: { hosts, trusted: true } }));
  };
  const startProjecting = async (): Promise<void> => {
    if (readSide !== undefined) return;
    readSide = await startReadSide(centre);
    running.defer(async () => readSide?.close());
  };
  if (projecting) await startProjecting();

  const decided = new Map<string, number>();
  const moved = stack.move();
  return {
    centre,
    eventStore,
    settings,
    queues,
    owed,
    edge,
    startProjecting,
    async work({ retry = quickly } = {}) {
      return running.use(await start(config, { retry, lockMs: 1_500 }));
    },
    async makeDomain(route) {
      const domain = await makeDomain(centre, `d${crypto.randomUUID()}.example`);
      await setRoute(domain, route);
      return domain;
    },
    setRoute,
    async setRouteOfBefore({ domainId, accountId }, { host, port }, by) {
      const metadata = { schemaVersion: 1, actor: { kind: by, id: by }, domainId, accountId };
      const event = {
        id: crypto.randomUUID(),
        type: 'RouteSet',
        data: { hosts: [{ host, port, tls: 'none' }] },
        metadata: { ...metadata, at: new Date().toISOString(), correlationId: crypto.randomUUID() },
      };
      must(await centre.store.append(domainStream(domainId), [event], 'any'));
    },
    async keep(domain, mail) {
      const item = await edge.decide(domain, mail);
      const answer = await take({ edge: 'mx1', items: [item] });
      if (answer.taken.length !== 1) throw new Error(JSON.stringify(answer));
      const revision = decided.get(domain.domainId) ?? 0;
      decided.set(domain.domainId, revision + 1);
      revisions.set(item.mailId, revision);
      if (readSide !== undefined)
        await eventually('the mail in the read model', () => lookup.find(operatorScope(), item.mailId));
      return { mailId: item.mailId, domain, raw: item.body ?? Buffer.alloc(0) };
    },
    decisionOf,
    async bodyOf(mail) {
      const { body } = await decisionOf(mail);
      if (body === undefined) throw new Error('nothing of it was kept');
      return body;
    },
    release: async (mail, order = {}) => releaseMail(centre.context, await decisionOf(mail), order),
    events,
    types,
    owedFor,
    async settled(mail, type, count = 1) {
      await eventually(`${count} ${type}, and nothing owed`, async () => {
        const found = (await types(mail)).filter((one) => one === type);
        return found.length >= count && (await owedFor(mail)).length === 0;
      });
      const jobs = () => queues.list('redelivery', ['waiting', 'delayed', 'active']);
      await eventually('an idle queue', async () =>
        (await jobs()).every(({ payload }) => payload.mailId !== mail.mailId),
      );
    },
    close: () => moved.disposeAsync(),
  };
}
