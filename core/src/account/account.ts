/** The account: a customer, who owns domains and has members. Commands, events and state. */
import type { Command } from '../kernel/command.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';

export type Role = 'owner' | 'admin' | 'member' | 'auditor';

export interface Member {
  readonly userId: string;
  readonly role: Role;
  /** Domains a member is limited to; undefined: all of the account. */
  readonly domainIds?: readonly string[];
}

export const isSameMember = (one: Member, other: Member): boolean =>
  one.userId === other.userId &&
  one.role === other.role &&
  (one.domainIds ?? ['']).join() === (other.domainIds ?? ['']).join();

export type AccountEvent =
  | DomainEvent<'AccountOpened', { readonly name: string; readonly trialEnds?: string }>
  | DomainEvent<'AccountRenamed', { readonly name: string }>
  | DomainEvent<'MemberAdded', Member>
  | DomainEvent<'MemberRemoved', { readonly userId: string }>
  | DomainEvent<'AccountClosed', Record<string, never>>;

/** Role of the member who asks; undefined: the operator, or ourselves. */
interface ByMember {
  readonly by?: Role;
}

export type AccountCommand =
  | Command<'OpenAccount', { readonly name: string; readonly trialEnds?: string }>
  | Command<'RenameAccount', { readonly name: string }>
  | Command<'AddMember', Member & ByMember>
  | Command<'RemoveMember', { readonly userId: string } & ByMember>
  | Command<'CloseAccount', Record<string, never>>;

export type AccountState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open';
      readonly name: string;
      readonly trialEnds?: string;
      readonly members: readonly Member[];
    }
  | { readonly status: 'closed'; readonly name: string };

export const accountStream = (accountId: string): string => `account-${accountId}`;

export const accountFormats: EventFormats<AccountEvent> = {
  AccountOpened: { version: 1, sealed: [] },
  AccountRenamed: { version: 1, sealed: [] },
  MemberAdded: { version: 1, sealed: [] },
  MemberRemoved: { version: 1, sealed: [] },
  AccountClosed: { version: 1, sealed: [] },
};
