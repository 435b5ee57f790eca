/** The operator's allow and block lists, for all domains: they stand below the lists of each domain. */
import type { ListKey } from '../domain/domain.ts';
import { isSameEntry } from '../domain/evolve.ts';
import type { Command } from '../kernel/command.ts';
import type { Decider } from '../kernel/decider.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { EventFormats } from '../kernel/event-codec.ts';
import { ok, refuse, type Refusal } from '../kernel/result.ts';
import { parsePattern, patternText } from '../policy/pattern.ts';
import type { ListEntry } from '../policy/policy.ts';

type ServiceEntry = Omit<ListEntry, 'mailbox'>;
type ServiceKey = Omit<ListKey, 'mailbox'>;

export type ServiceListEvent =
  | DomainEvent<'ServiceListEntryAdded', { readonly entry: ServiceEntry }>
  | DomainEvent<'ServiceListEntryRemoved', { readonly entry: ServiceKey }>;

export type ServiceListCommand =
  | Command<'AddServiceListEntry', ServiceEntry>
  | Command<'RemoveServiceListEntry', ServiceKey>;

export type ServiceListRefusal = Refusal<'bad-pattern' | 'not-listed'>;

export const serviceListsStream = 'service-lists';

/** Patterns can name people. */
export const serviceListsKeyId = 'service-lists';

export const serviceListFormats: EventFormats<ServiceListEvent> = {
  ServiceListEntryAdded: { version: 1, sealed: ['entry'] },
  ServiceListEntryRemoved: { version: 1, sealed: ['entry'] },
};

type Lists = readonly ListEntry[];

const maxEntries = 10_000;

export const serviceListsDecider: Decider<Lists, ServiceListCommand, ServiceListEvent, ServiceListRefusal> = {
  initialState: [],
  decide({ type, data }, lists) {
    const parsed = parsePattern(data.pattern);
    const pattern = parsed.ok ? patternText(parsed.value) : data.pattern;
    const existing = lists.find((one) => isSameEntry(one, { ...data, pattern }));
    if (type === 'RemoveServiceListEntry') {
      return existing === undefined
        ? refuse('not-listed', `${pattern} is not on the ${data.action} list of the service.`)
        : ok([{ type: 'ServiceListEntryRemoved', data: { entry: { action: data.action, pattern } } }]);
    }
    if (!parsed.ok) return parsed;
    const entry = { ...data, pattern };
    if (JSON.stringify(existing) === JSON.stringify(entry)) return ok([]);
    return existing === undefined && lists.length >= maxEntries
      ? refuse(
          'bad-pattern',
          `The lists of the service have at most ${maxEntries} entries; remove some first.`,
        )
      : ok([{ type: 'ServiceListEntryAdded', data: { entry } }]);
  },
  evolve(lists, { type, data }) {
    const others = lists.filter((one) => !isSameEntry(one, data.entry));
    return type === 'ServiceListEntryAdded' ? [...others, data.entry] : others;
  },
  isTerminal: () => false,
};
