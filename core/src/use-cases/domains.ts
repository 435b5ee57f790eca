/** Commands about domains: a name is reserved before a domain is added, and given back after its removal. */
import { accountStream } from '../account/account.ts';
import type { PresetName } from '../checks/check.ts';
import {
  type DomainCommand,
  type DomainDetails,
  type DomainState,
  domainKeyId,
  domainNameStream,
  domainStream,
} from '../domain/domain.ts';
import { type DomainNameRefusal, normalizeDomainName } from '../domain/domain-name.ts';
import type { DomainRefusal } from '../domain/refusal.ts';
import { handleCommand, type HandlingRefusal, loadState } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { type CommandContext, type Done, done } from './context.ts';
import { mayChangeSettings } from './guarded-settings.ts';

export interface NewDomain {
  readonly name: string;
  readonly accountId: string;
  readonly preset: PresetName;
  /** The operator says that the account controls the name. */
  readonly vouched: boolean;
}

type AddRefusal =
  | DomainRefusal
  | DomainNameRefusal
  | HandlingRefusal
  | Refusal<'no-account' | 'account-closed'>;

/**
 * Adds a domain: reserves the name, makes its data key, writes its first events. Asking again, after a failure at any
 * point, goes on where it ended.
 */
export async function addDomain(
  context: CommandContext,
  domain: NewDomain,
): Promise<Result<Done, AddRefusal>> {
  const name = normalizeDomainName(domain.name);
  if (name === undefined) {
    return refuse('bad-name', `“${domain.name.slice(0, 80)}” is no domain name; write it like example.org.`);
  }
  const { accountId } = domain;
  const open = await requireOpenAccount(context, accountId);
  if (!open.ok) return open;
  const place = await placeFor(context, { ...domain, name });
  if (!place.ok) return place;
  const { domainId, isAdded } = place.value;
  const key = await context.ports.keys.create(domainKeyId(domainId));
  if (!key.ok) return refuse('erased', 'The key of this domain has been destroyed.');
  const owner = { domainId, accountId };
  // Where this fails the name stays reserved: the event may be there all the same, and asking again finds out.
  const added = isAdded
    ? ok(done(domainId, undefined))
    : await changeDomain(context, owner, { type: 'AddDomain', data: { ...domain, name } });
  if (!added.ok || !domain.vouched) return added;
  return changeDomain(context, owner, { type: 'ProveDomain', data: { by: 'operator' } });
}

async function requireOpenAccount(
  { aggregates }: CommandContext,
  accountId: string,
): Promise<Result<void, HandlingRefusal | Refusal<'no-account' | 'account-closed'>>> {
  const account = await loadState(aggregates.account, accountStream(accountId));
  if (!account.ok) return account;
  if (account.value.state.status === 'none') return refuse('no-account', 'There is no such account.');
  return account.value.state.status === 'closed'
    ? refuse('account-closed', 'This account is closed.')
    : ok(undefined);
}

interface Place {
  readonly domainId: string;
  readonly isAdded: boolean;
}

/** The id under which the name is reserved for the account: a new one, or that of an attempt which did not come to its end. */
async function placeFor(
  context: CommandContext,
  domain: NewDomain,
): Promise<Result<Place, DomainNameRefusal | HandlingRefusal>> {
  const found = await holderOf(context, domain.name);
  if (!found.ok) return found;
  const holder = found.value;
  const begun = holder && begunFor(domain, holder);
  if (begun !== undefined) return ok(begun);
  // A removal that ended before it gave the name back.
  if (holder?.status === 'removed') {
    const free = await giveBack(context, domain.name, holder.domainId);
    if (!free.ok) return free;
  }
  return reserve(context, domain);
}

interface NameHolder {
  readonly domainId: string;
  readonly accountId: string;
  readonly status: DomainState['status'];
}

function begunFor(domain: NewDomain, { domainId, accountId, status }: NameHolder): Place | undefined {
  if (accountId !== domain.accountId) return undefined;
  if (status === 'none') return { domainId, isAdded: false };
  return status === 'unproven' && domain.vouched ? { domainId, isAdded: true } : undefined;
}

async function reserve(
  context: CommandContext,
  { name, accountId }: NewDomain,
): Promise<Result<Place, DomainNameRefusal | HandlingRefusal>> {
  const domainId = context.ports.ids.next();
  const reserved = await handleCommand(
    context.aggregates.domainName,
    { stream: domainNameStream(name), keyId: '', accountId, domainId },
    { type: 'ReserveDomainName', data: { domainId, accountId }, metadata: context.metadata() },
  );
  return reserved.ok ? ok({ domainId, isAdded: false }) : reserved;
}

/** Who has reserved a name, and how far their domain is; undefined for a free one. */
async function holderOf(
  { aggregates }: CommandContext,
  name: string,
): Promise<Result<NameHolder | undefined, HandlingRefusal>> {
  const reservation = await loadState(aggregates.domainName, domainNameStream(name));
  if (!reservation.ok) return reservation;
  const { state } = reservation.value;
  if (state.status === 'free') return ok(undefined);
  const domain = await loadState(aggregates.domain, domainStream(state.domainId));
  if (!domain.ok) return domain;
  const { domainId, accountId } = state;
  return ok({ domainId, accountId, status: domain.value.state.status });
}

export type DomainChange = DomainCommand extends infer TCommand
  ? TCommand extends DomainCommand
    ? Pick<TCommand, 'type' | 'data'>
    : never
  : never;

export interface DomainOwner {
  readonly domainId: string;
  readonly accountId: string;
}

export async function changeDomain(
  context: CommandContext,
  { domainId, accountId }: DomainOwner,
  change: DomainChange,
): Promise<Result<Done & { readonly revision: number }, DomainRefusal | HandlingRefusal>> {
  const consent = (before: DomainState, after: DomainState) =>
    mayChangeSettings(context, accountId, { before, after });
  const handled = await handleCommand(
    { ...context.aggregates.domain, consent },
    { stream: domainStream(domainId), keyId: domainKeyId(domainId), accountId, domainId },
    // The pair of type and data is one of DomainCommand; the spread loses that for the type checker.
    { ...change, metadata: context.metadata() } as DomainCommand,
  );
  if (!handled.ok) return handled;
  return ok({ ...done(domainId, handled.value.position), revision: handled.value.revision });
}

/**
 * Removes a domain and gives its name back; what was answered 250 is still delivered. Removing again changes nothing, and
 * gives back a name that a failure has left reserved.
 */
export async function removeDomain(
  context: CommandContext,
  owner: DomainOwner & { readonly name: string },
): Promise<Result<Done, DomainRefusal | DomainNameRefusal | HandlingRefusal>> {
  const removed = await changeDomain(context, owner, { type: 'RemoveDomain', data: {} });
  if (!removed.ok && removed.error.code !== 'domain-removed') return removed;
  const free = await giveBack(context, owner.name, owner.domainId);
  if (!free.ok) return free;
  return removed.ok ? removed : ok(done(owner.domainId, undefined));
}

async function giveBack(
  context: CommandContext,
  name: string,
  domainId: string,
): Promise<Result<unknown, DomainNameRefusal | HandlingRefusal>> {
  return handleCommand(
    context.aggregates.domainName,
    { stream: domainNameStream(name), keyId: '', domainId },
    { type: 'ReleaseDomainName', data: { domainId }, metadata: context.metadata() },
  );
}

/** A domain as its events say it is now, or was: at a revision (included) or an ISO 8601 time. Settings as they were. */
export async function domainAt(
  context: Pick<CommandContext, 'aggregates'>,
  domainId: string,
  asOf?: number | string,
): Promise<
  Result<
    { readonly details: DomainDetails; readonly revision: number },
    HandlingRefusal | Refusal<'no-domain'>
  >
> {
  const loaded = await loadState(context.aggregates.domain, domainStream(domainId), asOf);
  if (!loaded.ok) return loaded;
  if (loaded.value.state.status === 'none') return refuse('no-domain', 'There is no such domain.');
  return ok({ details: loaded.value.state, revision: loaded.value.revision });
}
