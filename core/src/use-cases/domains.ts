/** Commands about domains: a name is reserved before a domain is added, and given back after its removal. */
import type { PresetName } from '../checks/check.ts';
import {
  type DomainCommand,
  type DomainDetails,
  domainKeyId,
  domainNameStream,
  domainStream,
} from '../domain/domain.ts';
import { type DomainNameRefusal, normalizeDomainName } from '../domain/domain-name.ts';
import type { DomainRefusal } from '../domain/refusal.ts';
import { handleCommand, type HandlingRefusal, loadState } from '../kernel/handle-command.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { type CommandContext, type Done, done } from './context.ts';

export interface NewDomain {
  readonly name: string;
  readonly accountId: string;
  readonly preset: PresetName;
  /** The operator says that the account controls the name. */
  readonly vouched: boolean;
}

type AddRefusal = DomainRefusal | DomainNameRefusal | HandlingRefusal;

/** Adds a domain: reserves the name, makes its data key, writes its first events. Safe to repeat after a failure. */
export async function addDomain(
  context: CommandContext,
  domain: NewDomain,
): Promise<Result<Done, AddRefusal>> {
  const name = normalizeDomainName(domain.name);
  if (name === undefined) {
    return refuse('bad-name', `“${domain.name.slice(0, 80)}” is no domain name; write it like example.org.`);
  }
  const domainId = context.ports.ids.next();
  const { accountId } = domain;
  const reserved = await handleCommand(
    context.aggregates.domainName,
    { stream: domainNameStream(name), keyId: '', accountId, domainId },
    { type: 'ReserveDomainName', data: { domainId, accountId }, metadata: context.metadata() },
  );
  if (!reserved.ok) return reserved;
  const key = await context.ports.keys.create(domainKeyId(domainId));
  if (!key.ok) return refuse('erased', 'The key of this domain has been destroyed.');
  const owner = { domainId, accountId };
  const added = await changeDomain(context, owner, { type: 'AddDomain', data: { ...domain, name } });
  if (!added.ok) {
    await giveBack(context, name, domainId);
    return added;
  }
  return domain.vouched
    ? changeDomain(context, owner, { type: 'ProveDomain', data: { by: 'operator' } })
    : added;
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
  const handled = await handleCommand(
    context.aggregates.domain,
    { stream: domainStream(domainId), keyId: domainKeyId(domainId), accountId, domainId },
    // The pair of type and data is one of DomainCommand; the spread loses that for the type checker.
    { ...change, metadata: context.metadata() } as DomainCommand,
  );
  if (!handled.ok) return handled;
  return ok({ ...done(domainId, handled.value.position), revision: handled.value.revision });
}

/** Removes a domain and gives its name back; what was answered 250 is still delivered. */
export async function removeDomain(
  context: CommandContext,
  owner: DomainOwner & { readonly name: string },
): Promise<Result<Done, DomainRefusal | HandlingRefusal>> {
  const removed = await changeDomain(context, owner, { type: 'RemoveDomain', data: {} });
  if (removed.ok || removed.error.code === 'domain-removed')
    await giveBack(context, owner.name, owner.domainId);
  return removed;
}

async function giveBack(context: CommandContext, name: string, domainId: string): Promise<void> {
  await handleCommand(
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
