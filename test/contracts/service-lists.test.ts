/** The operator's lists on real stores: set by commands, fed to edges at once, and known to replay as they were. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBits } from '@sluice/core/decision/mail-judged.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { serviceListsStream } from '@sluice/core/service/service-lists.ts';
import { verifyDecisions } from '@sluice/core/use-cases/audit.ts';
import { explain } from '@sluice/core/use-cases/mails.ts';
import { serviceListsAt } from '@sluice/core/use-cases/service-lists.ts';
import { whatIf } from '@sluice/core/use-cases/what-if.ts';
import { createMailLookup, serviceListsOf } from '@sluice/postgres';
import { call, callerOf, startApi, type TestApi } from './api.harness.ts';
import { must, type TestMail } from './intake.harness.ts';
import { startTestIntake } from './intake.http.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let api: TestApi;

beforeAll(async () => {
  api = await startApi(server.url);
});
afterAll(() => api?.close());

const operator = callerOf(operatorScope());
const ask = (path: string, input: unknown) => call(api.services, operator, path, input);
const block = (pattern: string, note?: string) =>
  ask('serviceLists.add', { action: 'block', pattern, ...(note === undefined ? {} : { note }) }) as Promise<{
    revision: number;
    position: string;
  }>;
const unblock = (pattern: string) =>
  ask('serviceLists.remove', { action: 'block', pattern }) as Promise<{ revision: number }>;

const entry = (pattern: string) => ({ action: 'block', pattern, authenticated: false });

describe('the lists of the service', () => {
  it('are set by the operator, each change an event with its entry sealed', async () => {
    const { revision } = await block('*.Bad.Example', 'asked them twice');
    expect(await ask('serviceLists.show', {})).toMatchObject({
      items: [{ ...entry('*.bad.example'), note: 'asked them twice' }],
      revision,
    });
    const events = await Array.fromAsync(api.centre.store.readStream(serviceListsStream));
    expect(events.at(-1)).toMatchObject({
      type: 'ServiceListEntryAdded',
      metadata: { actor: { kind: 'operator' } },
    });
    expect(JSON.stringify(events.at(-1)?.data)).not.toContain('bad.example');
    await unblock('*.bad.example');
    expect(await ask('serviceLists.show', { at: revision })).toMatchObject({
      items: [{ pattern: '*.bad.example' }],
    });
    expect(await ask('serviceLists.show', {})).toMatchObject({ items: [] });
  });

  it('reach an edge that waits for changes, with all entries and their revision', async () => {
    const { postgres } = api.centre;
    const intake = await startTestIntake(api.centre);
    try {
      const client = intake.clientOf('mx1');
      // An edge that has not heard of the last change would be told of that one first.
      const { revision: known } = (await ask('serviceLists.show', {})) as { readonly revision: number };
      const all = await eventually('the feed is as far as the lists', async () => {
        const fed = must(await client.feed(undefined, 0));
        return fed.serviceRevision === known && fed;
      });
      const began = performance.now();
      const waiting = client.feed(all.next, 20_000);
      const { revision, position } = await block('waited.example');
      const fed = must(await waiting);
      expect(fed).toEqual({
        domains: [],
        serviceLists: [entry('waited.example')],
        serviceRevision: revision,
        next: position,
        more: false,
      });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(must(await client.feed(fed.next, 0))).toEqual(fed);
      expect(await serviceListsOf(api.ours.scope, postgres.db)).toBeUndefined();
    } finally {
      await intake.close();
      await unblock('waited.example');
    }
  });

  it('are known to replay as they were when a mail was judged', async () => {
    const { revision } = await block('sender.example');
    const facts: TestMail['facts'] = {
      'sender-list': { status: 'observed', fact: { sender: 'alice@sender.example', from: '' } },
    };
    const lists = checkBits(['sender-list']);
    const refused: TestMail = {
      reason: 'sender-listed',
      score: 0,
      facts,
      ran: lists,
      failed: lists,
      serviceRevision: revision,
      policyRevision: 1,
    };
    const before: TestMail = { verdict: 'accept', reason: 'clean', facts, ran: lists, policyRevision: 1 };
    const { domain } = api.ours;
    const { context } = api.centre;
    const { mailId } = await api.keep(domain, refused);
    await api.keep(domain, before);
    await unblock('sender.example');
    expect((await serviceListsAt(context))?.lists).toEqual([]);

    const place = await createMailLookup(api.services.db).find(operatorScope(), mailId);
    const explanation = must(await explain(context, place!));
    expect(explanation).toMatchObject({ agrees: true, judgement: { reason: 'sender-listed' } });
    expect(explanation.judgement.recipients[0]?.findings[0]?.sentence).toContain('sender.example');
    const { notes } = must(await verifyDecisions(api.centre, { domainId: domain.domainId }));
    expect(notes.filter((note) => note.mailId === mailId)).toEqual([]);

    const answer = must(
      await whatIf(
        context,
        {
          domainId: domain.domainId,
          proposal: {},
          since: new Date(Date.now() - 3_600_000).toISOString(),
          against: 'then',
          samples: 5,
        },
        { signal: new AbortController().signal, progress: () => undefined, breathe: async () => undefined },
      ),
    );
    // By the lists of now nothing speaks against the sender.
    expect(answer.toAccepted.samples.map((one) => one.mailId)).toContain(mailId);
  });
});
