/** How the state of a domain follows from its events. */
import type { DomainDetails, DomainEvents, DomainState, ListKey } from './domain.ts';
import { evolveThresholds } from './thresholds.ts';

export function evolveDomain(state: DomainState, event: DomainEvents): DomainState {
  if (event.type === 'DomainAdded') {
    return { status: 'unproven', proven: false, route: [], overrides: {}, lists: [], ...event.data };
  }
  return state.status === 'none' ? state : evolveDetails(state, event);
}

function evolveDetails(
  state: DomainDetails,
  event: Exclude<DomainEvents, { type: 'DomainAdded' }>,
): DomainDetails {
  switch (event.type) {
    case 'RouteSet':
      return { ...state, route: event.data.hosts, routeTrusted: event.data.trusted };
    case 'PresetChosen':
      // A preset is a fresh start for checks and thresholds; what belongs to mailboxes stays, as lists do.
      return { ...withoutThresholds(state), ...event.data, overrides: {} };
    case 'EditionTaken':
      return { ...state, edition: event.data.edition };
    case 'ThresholdsSet':
    case 'MailboxThresholdsSet':
    case 'MailboxThresholdsRemoved':
      return evolveThresholds(state, event);
    case 'VerdictHeaderSet':
      return { ...state, verdictHeader: event.data.enabled };
    case 'CheckConfigured':
      return { ...state, overrides: { ...state.overrides, ...override(state, event.data) } };
    case 'ListEntryAdded':
      return {
        ...state,
        lists: [...state.lists.filter((one) => !isSameEntry(one, event.data.entry)), event.data.entry],
      };
    case 'ListEntryRemoved':
      return { ...state, lists: state.lists.filter((one) => !isSameEntry(one, event.data.entry)) };
    case 'DomainProven':
      return { ...state, proven: true, status: state.status === 'unproven' ? 'active' : state.status };
    case 'DomainSuspended':
      return { ...state, status: 'suspended' };
    case 'DomainResumed':
      return { ...state, status: state.proven ? 'active' : 'unproven' };
    case 'IncidentUndone':
      // Nothing of it decides about mail.
      return state;
    case 'DomainRemoved':
      return { ...state, status: 'removed' };
    default:
      return event satisfies never;
  }
}

function withoutThresholds({ thresholds: _, ...state }: DomainDetails): DomainDetails {
  return state;
}

function override(
  state: DomainDetails,
  { check, ...data }: Extract<DomainEvents, { type: 'CheckConfigured' }>['data'],
): DomainDetails['overrides'] {
  const before = state.overrides[check];
  const settings = { ...before?.settings, ...data.settings };
  return { [check]: { ...before, ...data, ...(Object.keys(settings).length > 0 ? { settings } : {}) } };
}

export const isSameEntry = (a: ListKey, b: ListKey): boolean =>
  a.action === b.action && a.pattern === b.pattern && a.mailbox === b.mailbox;
