/** The use cases on a real event store: repeated, interrupted at any point, at the same moment, and after erasing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { domainKeyId, domainNameStream, domainStream } from '@sluice/core/domain/domain.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import { fail } from '@sluice/core/kernel/result.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { changeAccount, createUser, openAccount } from '@sluice/core/use-cases/accounts.ts';
import { type CommandContext, createCommandContext } from '@sluice/core/use-cases/context.ts';
import {
  addDomain,
  changeDomain,
  domainAt,
  type NewDomain,
  removeDomain,
} from '@sluice/core/use-cases/domains.ts';
import {
  bodyOf,
  explain,
  readDecision,
  recordView,
  type RecordedDecision,
  releaseMail,
  reportDelivery,
} from '@sluice/core/use-cases/mails.ts';
import type { TakeBatch } from '@sluice/core/intake/take-batch.ts';
import {
  type Centre,
  createEdge,
  makeDomain,
  must,
  startCentre,
  type TestDomain,
  type TestEdge,
  type TestMail,
} from './intake.harness.ts';
import { directIntake } from './projections.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let centre: Centre;
let context: CommandContext;
let take: TakeBatch;
let edge: TestEdge;

beforeAll(async () => {
  centre = await startCentre(server.url);
  context = centre.context;
  take = directIntake(centre);
  edge = createEdge(centre, 'mx1');
});
afterAll(() => centre?.close());

const newName = (): string => `d${crypto.randomUUID()}.example`;
const newAccount = async (): Promise<string> => must(await openAccount(context, { name: 'An account' })).id;

async function newDomain(changes: Partial<NewDomain> = {}): Promise<NewDomain> {
  const accountId = changes.accountId ?? (await newAccount());
  return { name: newName(), accountId, preset: 'balanced', vouched: true, ...changes };
}

async function typesIn(stream: string): Promise<readonly string[]> {
  const events = await Array.fromAsync(centre.store.readStream(stream));
  return events.map(({ type }) => type);
}

/** The commands of a process that dies at the nth event of this type: before it is stored, or right after. */
function dyingAt(type: string, { when = 'before', nth = 1 } = {}): CommandContext {
  let left = nth;
  const { store } = centre;
  const dying: EventStore = {
    ...store,
    async append(stream, events, expected) {
      const isIt = events.some((event) => event.type === type) && (left -= 1) === 0;
      if (!isIt) return store.append(stream, events, expected);
      if (when === 'after') await store.append(stream, events, expected);
      return fail({ code: 'unavailable', message: 'gone' });
    },
  };
  return createCommandContext({ ...context.ports, store: dying }, { kind: 'operator', id: 'operator' });
}

describe('adding a domain', () => {
  const points = ['DomainNameReserved', 'DomainAdded', 'DomainProven'].flatMap((type) =>
    (['before', 'after'] as const).map((when) => ({ type, when })),
  );
  for (const { type, when } of points) {
    it(`succeeds when it is asked again after an end right ${when} ${type}`, async () => {
      const domain = await newDomain();
      expect(await addDomain(dyingAt(type, { when }), domain)).toMatchObject({
        error: { code: 'unavailable' },
      });
      const again = await addDomain(context, domain);
      // Right after the last event there is nothing left to do, and the name says that it is taken.
      if (type === 'DomainProven' && when === 'after') {
        expect(again).toMatchObject({ error: { code: 'name-taken' } });
      } else {
        const { id } = must(again);
        expect(must(await domainAt(context, id)).details).toMatchObject({ status: 'active' });
        expect(await typesIn(domainStream(id))).toEqual(['DomainAdded', 'DomainProven']);
      }
      expect(await typesIn(domainNameStream(domain.name))).toEqual(['DomainNameReserved']);
    });
  }

  it('never gives the name away while an attempt may have been stored', async () => {
    const domain = await newDomain({ vouched: false });
    await addDomain(dyingAt('DomainAdded', { when: 'after' }), domain);
    const other = await newDomain({ name: domain.name });
    expect(await addDomain(context, other)).toMatchObject({ error: { code: 'name-taken' } });
  });

  it('refuses a name that another account has, however it is written', async () => {
    const domain = await newDomain();
    must(await addDomain(context, domain));
    const other = await newDomain({ name: ` ${domain.name.toUpperCase()}.` });
    expect(await addDomain(context, other)).toMatchObject({ error: { code: 'name-taken' } });
  });

  it('adds a name once when it is asked for twice at the same moment', async () => {
    const domain = await newDomain();
    const answers = await Promise.all([addDomain(context, domain), addDomain(context, domain)]);
    expect(answers.some((one) => one.ok)).toBe(true);
    expect(await typesIn(domainNameStream(domain.name))).toEqual(['DomainNameReserved']);
    const [reserved] = await Array.fromAsync(centre.store.readStream(domainNameStream(domain.name)));
    const added = await typesIn(domainStream(reserved?.data['domainId'] as string));
    expect(added.filter((type) => type === 'DomainAdded')).toHaveLength(1);
  });

  it('is refused for an account that does not exist, or is closed', async () => {
    const nobody = await newDomain({ accountId: crypto.randomUUID() });
    expect(await addDomain(context, nobody)).toMatchObject({ error: { code: 'no-account' } });
    const closed = await newDomain();
    must(await changeAccount(context, closed.accountId, { type: 'CloseAccount', data: {} }));
    expect(await addDomain(context, closed)).toMatchObject({ error: { code: 'account-closed' } });
    expect(await typesIn(domainNameStream(closed.name))).toEqual([]);
  });
});

describe('removing a domain', () => {
  it('gives the name back, to whoever adds it next, under a new id', async () => {
    const domain = await makeDomain(centre, newName());
    must(await removeDomain(context, domain));
    const next = must(await addDomain(context, await newDomain({ name: domain.name })));
    expect(next.id).not.toBe(domain.domainId);
  });

  it('changes nothing the second time, not even where the name has a new owner', async () => {
    const domain = await makeDomain(centre, newName());
    must(await removeDomain(context, domain));
    expect(must(await removeDomain(context, domain)).position).toBeUndefined();
    const next = must(await addDomain(context, await newDomain({ name: domain.name })));
    expect(must(await removeDomain(context, domain)).position).toBeUndefined();
    expect(must(await domainAt(context, next.id)).details.status).toBe('active');
    expect(await addDomain(context, await newDomain({ name: domain.name }))).toMatchObject({
      error: { code: 'name-taken' },
    });
  });

  it('says so when the name could not be given back, and gives it back when asked again', async () => {
    const domain = await makeDomain(centre, newName());
    const cut = await removeDomain(dyingAt('DomainNameReleased'), domain);
    expect(cut).toMatchObject({ error: { code: 'unavailable' } });
    must(await removeDomain(context, domain));
    must(await addDomain(context, await newDomain({ name: domain.name })));
  });

  it('leaves a name free that it could not give back', async () => {
    const domain = await makeDomain(centre, newName());
    await removeDomain(dyingAt('DomainNameReleased'), domain);
    must(await addDomain(context, await newDomain({ name: domain.name })));
  });
});

describe('changes at the same moment', () => {
  it('are all made, one after the other', async () => {
    const domain = await makeDomain(centre, newName());
    const changes = [1, 2, 3, 4].map((number) =>
      changeDomain(context, domain, {
        type: 'AddListEntry',
        data: { action: 'block', pattern: `@spam${number}.example`, authenticated: false },
      }),
    );
    for (const change of await Promise.all(changes)) must(change);
    expect(must(await domainAt(context, domain.domainId)).details.lists).toHaveLength(4);
  });

  it('are stored once where only the answer was lost', async () => {
    const domain = await makeDomain(centre, newName());
    const suspend = { type: 'SuspendDomain', data: { reason: 'unpaid' } } as const;
    await changeDomain(dyingAt('DomainSuspended', { when: 'after' }), domain, suspend);
    expect(must(await changeDomain(context, domain, suspend)).position).toBeUndefined();
  });
});

describe('a user', () => {
  it('who is nonsense gets no key', async () => {
    const before = await centre.postgres.db.selectFrom('data_keys').select('key_id').execute();
    expect(await createUser(context, { email: 'nobody', name: 'N' })).toMatchObject({
      error: { code: 'bad-email' },
    });
    expect(await centre.postgres.db.selectFrom('data_keys').select('key_id').execute()).toHaveLength(
      before.length,
    );
  });
});

describe('a mail', () => {
  const body = Buffer.from('Subject: it came back\r\n\r\n');
  const decided = new Map<string, number>();

  async function decide(domain: TestDomain, mail?: TestMail): Promise<RecordedDecision> {
    const item = await edge.decide(domain, mail);
    const answer = await take({ edge: 'mx1', items: [item] });
    expect(answer.refused).toEqual([]);
    const revision = decided.get(domain.domainId) ?? 0;
    decided.set(domain.domainId, revision + 1);
    const { accountId, domainId } = domain;
    return must(await readDecision(centre, { mailId: item.mailId, accountId, domainId, revision }));
  }

  async function bounce(domain: TestDomain, mailId: string, by = edge, name = 'mx1'): Promise<void> {
    const recipients = [`bob@${domain.name}`];
    const item = await by.report(domain, mailId, { type: 'MailBounced', recipients, body });
    expect((await take({ edge: name, items: [item] })).refused).toEqual([]);
  }

  const report = (place: RecordedDecision['place'], releaseId: string, recipient: string) => ({
    place,
    said: {
      id: crypto.randomUUID(),
      outcome: 'bounced' as const,
      recipients: [recipient],
      host: '',
      code: 550,
      response: 'no',
      attempt: 1,
      releaseId,
    },
  });

  it('that was accepted and bounced at the edge is released with the body that came with the bounce', async () => {
    const domain = await makeDomain(centre, newName());
    const decision = await decide(domain, { verdict: 'accept', reason: 'clean' });
    expect(await releaseMail(context, decision, {})).toMatchObject({ error: { code: 'not-quarantined' } });
    await bounce(domain, decision.place.mailId);
    expect(await bodyOf(context, decision)).toMatchObject({ length: body.length });
    expect(must(await releaseMail(context, decision, {})).position).toBeDefined();
    expect(must(await releaseMail(context, decision, {})).position).toBeUndefined();
  });

  it('is not released, nor given a body, by the bounce of an edge that did not have it', async () => {
    const domain = await makeDomain(centre, newName());
    const decision = await decide(domain, { verdict: 'accept', reason: 'clean' });
    await bounce(domain, decision.place.mailId, createEdge(centre, 'mx9'), 'mx9');
    expect(await typesIn(mailStream(decision.place.mailId))).toEqual(['MailBounced']);
    expect(await bodyOf(context, decision)).toBeUndefined();
    expect(await releaseMail(context, decision, {})).toMatchObject({ error: { code: 'not-quarantined' } });
  });

  it('of which nothing was kept cannot be released, to nobody', async () => {
    const domain = await makeDomain(centre, newName());
    const { body: _, ...decision } = await decide(domain);
    const gone = { ...decision, body: undefined };
    for (const order of [{}, { to: 'else@example.org' }]) {
      expect(await releaseMail(context, gone, order)).toMatchObject({ error: { code: 'not-quarantined' } });
    }
  });

  it('whose release bounced is released again, under a new order', async () => {
    const domain = await makeDomain(centre, newName());
    const decision = await decide(domain);
    must(await releaseMail(context, decision, {}));
    const [first] = await Array.fromAsync(centre.store.readStream(mailStream(decision.place.mailId)));
    const { place, said } = report(decision.place, first?.data['releaseId'] as string, `bob@${domain.name}`);
    must(await reportDelivery(context, place, said));
    must(await reportDelivery(context, place, said));
    must(await releaseMail(context, decision, {}));
    expect(await typesIn(mailStream(place.mailId))).toEqual(['MailReleased', 'MailBounced', 'MailReleased']);
  });

  it('is released once by ten who ask at the same moment', async () => {
    const decision = await decide(await makeDomain(centre, newName()));
    const answers = await Promise.all(Array.from({ length: 10 }, () => releaseMail(context, decision, {})));
    expect(answers.filter((one) => one.ok && one.value.position !== undefined)).toHaveLength(1);
    expect(await typesIn(mailStream(decision.place.mailId))).toEqual(['MailReleased']);
  });

  it('is explained again from what was recorded, and agrees', async () => {
    const domain = await makeDomain(centre, newName());
    const decision = await decide(domain, { verdict: 'accept', reason: 'clean' });
    must(
      await changeDomain(context, domain, {
        type: 'AddListEntry',
        data: { action: 'block', pattern: '*', authenticated: false },
      }),
    );
    const { policy, agrees } = must(await explain(context, decision.place));
    expect(agrees).toBe(true);
    expect(policy.lists).toEqual([]);
  });

  it('whose key is destroyed answers `erased` to everything, and stores nothing', async () => {
    const domain = await makeDomain(centre, newName());
    const decision = await decide(domain);
    must(await releaseMail(context, decision, {}));
    await centre.keys.destroy(domainKeyId(domain.domainId));
    const erased = { error: { code: 'erased' } };
    const { place } = decision;
    expect(await readDecision(centre, place)).toMatchObject(erased);
    expect(await explain(context, place)).toMatchObject(erased);
    expect(await releaseMail(context, decision, { to: 'a@b.example' })).toMatchObject(erased);
    expect(await recordView(context, place, 'raw')).toMatchObject(erased);
    expect(await typesIn(mailStream(place.mailId))).toEqual(['MailReleased']);
    // What is not personal about the domain can still be read and changed.
    expect(must(await domainAt(context, domain.domainId)).details.name).toBe(domain.name);
    expect(must(await removeDomain(context, domain)).position).toBeDefined();
  });

  it('is never another one than was asked for', async () => {
    const decision = await decide(await makeDomain(centre, newName()));
    const place = { ...decision.place, mailId: crypto.randomUUID() };
    expect(await readDecision(centre, place)).toMatchObject({ error: { code: 'damaged' } });
    const later = { ...decision.place, revision: 99 };
    expect(await readDecision(centre, later)).toMatchObject({ error: { code: 'no-mail' } });
  });
});
