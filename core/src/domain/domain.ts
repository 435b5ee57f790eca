/** The domain: name, route and policy of one mail domain that an account protects. Commands, events and state. */
import type { PresetName } from '../checks/check.ts';
import type { Command } from '../kernel/command.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { ListEntry, Mode, Thresholds } from '../policy/policy.ts';
import type { Incident } from '../replay/incident.ts';
import type { RouteHost } from '../ports/delivery.ts';

/** What a domain sets differently from its preset, for one check. */
export interface CheckOverride {
  readonly mode?: Mode;
  readonly weight?: number;
  readonly onError?: 'ignore' | 'defer';
  readonly exempt?: readonly string[];
  /** Only the settings that differ. */
  readonly settings?: JsonObject;
}

export interface ListKey {
  readonly action: 'allow' | 'block';
  readonly pattern: string;
  readonly mailbox?: string;
}

export interface ChosenPreset {
  readonly preset: PresetName;
  readonly edition: number;
}

/** An order to release what an incident refused. */
export interface UndoneIncident {
  readonly undoId: string;
  readonly incident: Incident;
  /** When the mails came; ISO 8601. */
  readonly since: string;
  readonly until: string;
  /** How many mails it releases. */
  readonly mails: number;
  /** Releases a minute, at most. */
  readonly rate: number;
}

type None = Record<string, never>;

export type DomainEvents =
  | DomainEvent<'DomainAdded', ChosenPreset & { readonly name: string; readonly accountId: string }>
  /** Control of the name is shown, or the operator vouches for it. */
  | DomainEvent<'DomainProven', { readonly by: 'operator' | 'dns' }>
  /** `trusted`: set by the operator, so that it may lead to private addresses. */
  | DomainEvent<'RouteSet', { readonly hosts: readonly RouteHost[]; readonly trusted: boolean }>
  | DomainEvent<'PresetChosen', ChosenPreset>
  /** The preset stays, in a newer edition; what the domain sets differently stays, too. */
  | DomainEvent<'EditionTaken', { readonly edition: number }>
  | DomainEvent<'ThresholdsSet', Thresholds>
  /** One mailbox has thresholds of its own, until they are removed: then those of the domain hold for it again. */
  | DomainEvent<'MailboxThresholdsSet', Thresholds & { readonly mailbox: string }>
  | DomainEvent<'MailboxThresholdsRemoved', { readonly mailbox: string }>
  /** Whether accepted mail tells its verdict in a header field. */
  | DomainEvent<'VerdictHeaderSet', { readonly enabled: boolean }>
  | DomainEvent<'CheckConfigured', { readonly check: string } & CheckOverride>
  | DomainEvent<'ListEntryAdded', { readonly entry: ListEntry }>
  | DomainEvent<'ListEntryRemoved', { readonly entry: ListKey }>
  /** What was wrong for a while is made good: its mails are listed in `undo-<undoId>` and released one by one. */
  | DomainEvent<'IncidentUndone', UndoneIncident>
  | DomainEvent<'DomainSuspended', { readonly reason: string }>
  | DomainEvent<'DomainResumed', None>
  | DomainEvent<'DomainRemoved', None>;

export type DomainCommand =
  | Command<'AddDomain', { readonly name: string; readonly accountId: string; readonly preset: PresetName }>
  | Command<'ProveDomain', { readonly by: 'operator' | 'dns' }>
  | Command<'SetRoute', { readonly hosts: readonly RouteHost[]; readonly trusted: boolean }>
  | Command<'ChoosePreset', { readonly preset: PresetName }>
  | Command<'TakeEdition', { readonly edition: number }>
  | Command<'SetThresholds', Thresholds>
  | Command<'SetMailboxThresholds', Thresholds & { readonly mailbox: string }>
  | Command<'RemoveMailboxThresholds', { readonly mailbox: string }>
  | Command<'SetVerdictHeader', { readonly enabled: boolean }>
  | Command<'ConfigureCheck', { readonly check: string } & CheckOverride>
  | Command<'AddListEntry', ListEntry>
  | Command<'RemoveListEntry', ListKey>
  | Command<'UndoIncident', UndoneIncident>
  | Command<'SuspendDomain', { readonly reason: string }>
  | Command<'ResumeDomain', None>
  | Command<'RemoveDomain', None>;

export type DomainStatus = 'unproven' | 'active' | 'suspended' | 'removed';

export interface DomainDetails extends ChosenPreset {
  readonly status: DomainStatus;
  readonly name: string;
  readonly accountId: string;
  readonly route: readonly RouteHost[];
  /** Set by the operator: it may lead to private addresses. Missing without a route, and in rows of older versions. */
  readonly routeTrusted?: boolean;
  /** Set apart from the preset's. */
  readonly thresholds?: Thresholds;
  /** Of mailboxes that have their own, by address in lower case. Missing in rows of older versions. */
  readonly mailboxThresholds?: Readonly<Record<string, Thresholds>>;
  /** False: accepted mail does not tell its verdict. Missing: it does. */
  readonly verdictHeader?: boolean;
  readonly overrides: Readonly<Record<string, CheckOverride>>;
  readonly lists: readonly ListEntry[];
  readonly proven: boolean;
}

export type DomainState = { readonly status: 'none' } | DomainDetails;

export const domainStream = (domainId: string): string => `domain-${domainId}`;

/** Reservation of a name: written with `no-stream`, so that a name belongs to one account. */
export const domainNameStream = (name: string): string => `domainname-${name}`;

/** Key of all personal data of a domain. */
export const domainKeyId = (domainId: string): string => `domain-${domainId}`;

export const domainFormats: EventFormats<DomainEvents> = {
  DomainAdded: { version: 1, sealed: [] },
  DomainProven: { version: 1, sealed: [] },
  RouteSet: {
    version: 2,
    sealed: [],
    // Until version 2 only the command said who sets the route; what the operator had set goes on working.
    upcasts: { 1: (data, { actor }) => ({ ...data, trusted: actor.kind === 'operator' }) },
  },
  PresetChosen: { version: 1, sealed: [] },
  EditionTaken: { version: 1, sealed: [] },
  ThresholdsSet: { version: 1, sealed: [] },
  MailboxThresholdsSet: { version: 1, sealed: ['mailbox'] },
  MailboxThresholdsRemoved: { version: 1, sealed: ['mailbox'] },
  VerdictHeaderSet: { version: 1, sealed: [] },
  CheckConfigured: { version: 1, sealed: ['exempt', 'settings'] },
  ListEntryAdded: { version: 1, sealed: ['entry'] },
  ListEntryRemoved: { version: 1, sealed: ['entry'] },
  // An incident can name a list entry.
  IncidentUndone: { version: 1, sealed: ['incident'] },
  DomainSuspended: { version: 1, sealed: [] },
  DomainResumed: { version: 1, sealed: [] },
  DomainRemoved: { version: 1, sealed: [] },
};
