/** The api on real stores: two tenants with a domain and mails each, callers of every scope, and what the log says at the end. */
import { connectQueues } from '@sluice/bullmq';
import { openSessions, type Sessions } from '@sluice/better-auth';
import {
  authenticate,
  createApiServer,
  type Caller,
  createJobs,
  operatorCaller,
  ownOrigin,
  prepareAuth,
  userCaller,
  type Services,
  watchCheckpoint,
} from '@sluice/api';
import { createMailViewer, createMessageInspector } from '@sluice/mime';
import { appRouter } from '@sluice/api/router';
import type { Role } from '@sluice/core/account/account.ts';
import { accountScope, operatorScope, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { TakeBatch } from '@sluice/core/intake/take-batch.ts';
import { changeAccount } from '@sluice/core/use-cases/accounts.ts';
import { registerUser } from '@sluice/core/use-cases/people.ts';
import { createRootSigner } from '@sluice/node-crypto';
import { createRouteProbe } from '@sluice/nodemailer';
import { readCheckpoint, showMail, waitFor } from '@sluice/postgres';
import { closeServer, createMetrics, listen, silentLog } from '@sluice/telemetry';
import {
  type Centre,
  createEdge,
  makeDomain,
  must,
  secret,
  startCentre,
  type TestDomain,
  type TestEdge,
  type TestMail,
} from './intake.harness.ts';
import { directIntake, type ReadSide, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';

export interface Kept {
  readonly mailId: string;
  readonly raw: Uint8Array;
}

export interface Tenant {
  readonly domain: TestDomain;
  readonly mails: readonly Kept[];
  readonly scope: TenantScope;
  /** Its owner, who signs in with `password`. */
  readonly userId: string;
  readonly email: string;
}

export const password = 'correct horse battery';

export interface TestApi {
  readonly centre: Centre;
  readonly readSide: ReadSide;
  readonly services: Services;
  readonly sessions: Sessions;
  /** Base URL of its server, which takes the names of `callers` as tokens. */
  readonly url: string;
  readonly ours: Tenant;
  readonly theirs: Tenant;
  keep(domain: TestDomain, mail?: TestMail): Promise<Kept>;
  close(): Promise<void>;
}

/** The operator, or an owner of what the scope shows. */
export function callerOf(scope: TenantScope, role: Role = 'owner'): Caller {
  if (scope.kind === 'service') return operatorCaller();
  const account = { id: scope.accountId, name: 'Account', role, domainIds: scope.domainIds };
  return userCaller({ id: 'user-1', email: 'user@example.org', name: 'User' }, [account], account);
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function firstOf(values: AsyncIterable<unknown>): Promise<unknown> {
  for await (const value of values) return value;
  return undefined;
}

/** Calls a procedure by its path; of a subscription, what it says first. */
export async function call(
  services: Services,
  who: TenantScope | Caller | undefined,
  path: string,
  input?: unknown,
): Promise<unknown> {
  const caller = who === undefined || 'permissions' in who ? who : callerOf(who);
  let target: unknown = appRouter.createCaller({ caller, services });
  for (const name of path.split('.')) target = (target as Record<string, unknown>)[name];
  const answer = await (target as (input: unknown) => Promise<unknown>)(input);
  return isIterable(answer) ? firstOf(answer) : answer;
}

export async function startApi(postgresUrl: string): Promise<TestApi> {
  await using stack = new AsyncDisposableStack();
  const centre = await startCentre(postgresUrl);
  stack.defer(() => centre.close());
  const readSide = await startReadSide(centre);
  stack.defer(() => readSide.close());
  const viewer = createMailViewer();
  stack.defer(() => viewer.close());
  const inspector = createMessageInspector();
  stack.defer(() => inspector.close());
  const queues = await connectQueues({ postgresUrl });
  stack.defer(() => queues.close());
  const quarantine = await readSide.indexes.openReader();
  stack.defer(() => quarantine.close());
  const sessions = await openSessions({
    postgresUrl,
    secret,
    publicUrl: 'http://localhost:3000',
    trustedOrigins: (headers) => [ownOrigin(Object.fromEntries(headers))],
  });
  stack.defer(() => sessions.close());
  const { postgres, packs, store } = centre;
  const { ids } = centre.context.ports;
  const jobs = createJobs({ nextId: () => ids.next(), log: silentLog, perAccount: 50, inAll: 100 });
  stack.defer(() => jobs.close());
  const services: Services = {
    db: postgres.db,
    store,
    commandPorts: centre.context.ports,
    quarantine,
    packs,
    viewer,
    inspector,
    jobs,
    log: silentLog,
    queues,
    credentials: sessions,
    routeProbe: createRouteProbe({ helo: 'api.example.net' }),
    signer: createRootSigner(Buffer.alloc(32, 5).toString('base64')),
    live: {
      quarantine: watchCheckpoint(() => quarantine.checkpoint()),
      mails: watchCheckpoint(() => readCheckpoint(postgres.db, 'mails')),
    },
    status: async () => ({ eventstore: { ready: true } }),
  };

  const take: TakeBatch = directIntake(centre);
  const edge: TestEdge = createEdge(centre, 'mx1');
  const keep = async (domain: TestDomain, mail: TestMail = {}): Promise<Kept> => {
    const item = await edge.decide(domain, mail);
    const { refused } = await take({ edge: 'mx1', items: [item] });
    if (refused.length > 0) throw new Error(JSON.stringify(refused));
    await eventually('the mail in the read model', () => showMail(operatorScope(), postgres.db, item.mailId));
    return { mailId: item.mailId, raw: item.body ?? Buffer.alloc(0) };
  };
  const makeOwner = async ({ accountId, name }: TestDomain) => {
    const people = { ...centre.context, credentials: sessions };
    const person = { email: `owner@${name}`, name: `Owner of ${name}` };
    const { id: userId } = must(await registerUser(people, person));
    must(await sessions.createCredential({ ...person, userId, password }));
    const added = must(
      await changeAccount(centre.context, accountId, { type: 'AddMember', data: { userId, role: 'owner' } }),
    );
    await waitFor(postgres.db, 'settings', added.position ?? '0');
    return { userId, email: person.email };
  };
  const tenant = async (name: string): Promise<Tenant> => {
    const domain = await makeDomain(centre, name);
    await waitFor(postgres.db, 'settings', domain.position);
    const mails = [];
    for (const subject of ['one', 'two', 'three']) mails.push(await keep(domain, { subject }));
    return { domain, mails, scope: accountScope(domain.accountId), ...(await makeOwner(domain)) };
  };
  const ours = await tenant('ours.example');
  const theirs = await tenant('theirs.example');

  const callers = new Map([
    ['operator', callerOf(operatorScope())],
    ['ours', callerOf(ours.scope)],
    ['theirs', callerOf(theirs.scope)],
    ['auditor', callerOf(ours.scope, 'auditor')],
  ]);
  const identities = { db: postgres.db, sessions, operatorToken: 'the token of the operator' };
  const server = createApiServer({
    services,
    async authenticate(request) {
      const caller = callers.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
      return caller ?? authenticate(identities, request);
    },
    auth(request, response) {
      prepareAuth(request);
      return sessions.handler(request, response);
    },
    publicUrl: 'https://panel.example',
    metrics: createMetrics('api'),
    log: silentLog,
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0 });
  stack.defer(() => closeServer(server));

  const moved = stack.move();
  return {
    centre,
    readSide,
    services,
    sessions,
    url: `http://127.0.0.1:${port}`,
    ours,
    theirs,
    keep,
    close: () => moved.disposeAsync(),
  };
}
