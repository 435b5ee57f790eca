/** Every procedure of the api with inputs to ask it by: a new one has to be entered here. */
import type { Caller, Services } from '@sluice/api';
import { appRouter } from '@sluice/api/router';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { call, type Tenant } from './api.harness.ts';

export const procedurePaths = (): readonly string[] => Object.keys(appRouter._def.procedures).toSorted();

/** Ids and names of a tenant's things, or of things that nobody has. */
export interface Names {
  readonly domain: string;
  readonly domainId: string;
  readonly accountId: string;
  readonly mailId: string;
  /** A member. */
  readonly userId: string;
}

/** What concerns the service as a whole. */
export const operatorOnly: Readonly<Record<string, unknown>> = {
  'accounts.create': { name: 'Mine' },
  'archive.stats': undefined,
  'archive.verify': {},
  'domains.remove': { domain: 'ours.example' },
  'domains.settings.resume': { domain: 'ours.example' },
  'domains.settings.suspend': { domain: 'ours.example', reason: 'x' },
  'domains.settings.vouch': { domain: 'ours.example' },
  'dryRun.counts': { modelId: '00000000-0000-4000-8000-000000000000', tokenizer: 1, tokens: 'AA==' },
  'edges.list': undefined,
  'events.read': { stream: 'packs' },
  'events.tail': {},
  'projections.list': undefined,
  'projections.order': { id: '1' },
  'projections.rebuild': { name: 'mails' },
  'queues.list': undefined,
  'queues.retry': { id: 'x' },
  'queues.return': { id: 'x' },
  'serviceLists.add': { action: 'block', pattern: 'spam.example' },
  'serviceLists.remove': { action: 'block', pattern: 'spam.example' },
  'serviceLists.show': {},
  'training.serviceFiles': { as: 'spam', tokenizer: 1, mails: [] },
  'training.showService': {},
  'users.create': { email: 'a@example.org', name: 'A' },
  'users.password': { email: 'owner@ours.example' },
  'users.remove': { email: 'owner@ours.example' },
};

export const period = { since: '2020-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' };

/** Each with a domain, a mail or an account that the input names. */
export const naming: Readonly<Record<string, (names: Names) => unknown>> = {
  'account.rename': ({ accountId }) => ({ name: 'Mine now', accountId }),
  'accounts.show': ({ accountId }) => ({ id: accountId }),
  'decisions.verify': ({ domain }) => ({ domain }),
  'decisions.days': ({ domain }) => ({ domain }),
  'domains.add': ({ accountId }) => ({ name: 'added.example', accountId }),
  'domains.show': ({ domain }) => ({ domain }),
  'domains.history': ({ domain }) => ({ domain }),
  'domains.changes': ({ domain }) => ({ domain }),
  'domains.lists': ({ domain }) => ({ domain }),
  'domains.inForce': ({ domain }) => ({ domain, position: '0' }),
  'domains.testRoute': ({ domain }) => ({ domain, urls: ['smtp://127.0.0.1:9'] }),
  'domains.settings.check': ({ domain }) => ({ domain, check: 'spf', mode: 'off' }),
  'domains.settings.list': ({ domain }) => ({ domain, action: 'allow', pattern: '@evil.example' }),
  'domains.settings.unlist': ({ domain }) => ({ domain, action: 'allow', pattern: '@evil.example' }),
  'domains.settings.preset': ({ domain }) => ({ domain, preset: 'strict' }),
  'domains.settings.edition': ({ domain }) => ({ domain }),
  'domains.settings.route': ({ domain }) => ({ domain, urls: ['smtp://evil.example'] }),
  'domains.settings.thresholds': ({ domain }) => ({ domain, tag: 1, hold: 2, reject: 3 }),
  'advice.show': ({ domain }) => ({ domain }),
  'dryRun.policy': ({ domain }) => ({ domain }),
  'training.files': ({ domain }) => ({
    domain,
    as: 'spam',
    tokenizer: 1,
    mails: [{ sha256: '0'.repeat(64), tokens: 'AA==' }],
  }),
  'training.mail': ({ mailId }) => ({ id: mailId, as: 'ham' }),
  'training.show': ({ domain }) => ({ domain }),
  'training.versions.start': ({ domain }) => ({ domain, ...period }),
  'training.versions.progress': ({ domain }) => ({ domain, id: nobody.mailId }),
  'training.versions.cancel': ({ domain }) => ({ domain, id: nobody.mailId }),
  'undo.review': ({ domain }) => ({ domain, incident: { kind: 'check', check: 'spf' }, ...period }),
  'undo.progress': ({ domain }) => ({ domain, id: nobody.mailId }),
  'undo.cancel': ({ domain }) => ({ domain, id: nobody.mailId }),
  'undo.mails': ({ domain }) => ({ domain, id: nobody.mailId }),
  'undo.order': ({ domain }) => ({ domain, review: nobody.mailId }),
  'undo.list': ({ domain }) => ({ domain }),
  'whatif.start': ({ domain }) => ({ domain, proposal: { preset: 'strict' } }),
  'whatif.progress': ({ domain }) => ({ domain, id: nobody.mailId }),
  'whatif.cancel': ({ domain }) => ({ domain, id: nobody.mailId }),
  'domains.settings.mailboxThresholds': ({ domain }) => ({
    domain,
    mailbox: `bob@${domain}`,
    tag: 1,
    hold: 2,
    reject: 3,
  }),
  'domains.settings.removeMailboxThresholds': ({ domain }) => ({ domain, mailbox: `bob@${domain}` }),
  'domains.settings.verdictHeader': ({ domain }) => ({ domain, enabled: false }),
  'mails.list': ({ domain }) => ({ domain }),
  'mails.content': ({ mailId }) => ({ id: mailId }),
  'mails.show': ({ mailId }) => ({ id: mailId }),
  'mails.settings': ({ mailId }) => ({ id: mailId }),
  'mails.follow': ({ mailId }) => ({ ids: [mailId] }),
  'mails.release': ({ mailId }) => ({ ids: [mailId] }),
  'members.list': ({ accountId }) => ({ accountId }),
  'members.invite': ({ accountId }) => ({
    accountId,
    email: 'new@evil.example',
    name: 'New',
    role: 'auditor',
  }),
  'members.change': ({ accountId, userId }) => ({ accountId, userId, role: 'owner' }),
  'members.remove': ({ accountId, userId }) => ({ accountId, userId }),
  'quarantine.count': ({ domain }) => ({ domain }),
  'quarantine.facets': ({ domain }) => ({ domain }),
  'quarantine.live': ({ domain }) => ({ domain }),
  'quarantine.search': ({ domain }) => ({ domain }),
  'statistics.show': ({ domain }) => ({ domain, ...period }),
};

/** Those that list what the caller may see. */
export const listing: Readonly<Record<string, unknown>> = {
  'accounts.list': {},
  'checks.list': undefined,
  'decisions.roots': {},
  'domains.list': {},
  'home.overview': { ...period, bucketMinutes: 31 * 24 * 60 },
  'users.list': {},
  'members.list': {},
  'mails.list': {},
  'quarantine.count': {},
  'quarantine.facets': {},
  'quarantine.live': {},
  'quarantine.search': {},
  'service.health': undefined,
  'service.mailHosts': undefined,
  'statistics.show': period,
  'undo.list': {},
};

export const nobody: Names = {
  domain: 'nobody.example',
  domainId: crypto.randomUUID(),
  accountId: crypto.randomUUID(),
  mailId: crypto.randomUUID(),
  userId: crypto.randomUUID(),
};

/** Those that tell the caller of themselves. */
export const ownOnly = ['session.me'];

export function namesOf({ domain: { name, domainId, accountId }, mails, userId }: Tenant): Names {
  return { domain: name, domainId, accountId, userId, mailId: mails[0]!.mailId };
}

export interface Answer {
  readonly value?: unknown;
  readonly code?: unknown;
  readonly message?: string;
}

/** What a procedure answers, or how it refuses. */
export async function answerOf(
  services: Services,
  who: TenantScope | Caller | undefined,
  { path, input }: { readonly path: string; readonly input: unknown },
): Promise<Answer> {
  try {
    return { value: await call(services, who, path, input) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { code: error.code, message: error.message };
  }
}
