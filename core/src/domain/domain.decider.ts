/** Decides what may happen to a domain, its route and its policy. */
import type { Decider } from '../kernel/decider.ts';
import { ok, refuse } from '../kernel/result.ts';
import { currentEdition } from '../policy/presets.ts';
import { configureCheck } from './configure-check.ts';
import type { DomainCommand, DomainDetails, DomainEvents, DomainState, UndoneIncident } from './domain.ts';
import { normalizeDomainName } from './domain-name.ts';
import { evolveDomain } from './evolve.ts';
import { addListEntry, removeListEntry } from './lists.ts';
import type { DomainDecided, DomainRefusal } from './refusal.ts';
import { setRoute } from './route.ts';
import { removeMailboxThresholds, setMailboxThresholds, setThresholds } from './thresholds.ts';

export const domainDecider: Decider<DomainState, DomainCommand, DomainEvents, DomainRefusal> = {
  initialState: { status: 'none' },
  decide(command, state) {
    if (command.type === 'AddDomain') return addDomain(command.data, state);
    if (state.status === 'none') return refuse('no-domain', 'There is no such domain.');
    if (state.status === 'removed') return refuse('domain-removed', 'This domain has been removed.');
    return change(command, state);
  },
  evolve: evolveDomain,
  isTerminal: (state) => state.status === 'removed',
};

function change(command: Exclude<DomainCommand, { type: 'AddDomain' }>, state: DomainDetails): DomainDecided {
  switch (command.type) {
    case 'SetRoute':
      return setRoute(command.data, state);
    case 'ConfigureCheck':
      return configureCheck(command.data, state);
    case 'AddListEntry':
      return addListEntry(command.data, state);
    case 'RemoveListEntry':
      return removeListEntry(command.data, state);
    case 'ChoosePreset':
      return ok([{ type: 'PresetChosen', data: { preset: command.data.preset, edition: currentEdition } }]);
    case 'TakeEdition':
      return takeEdition(command.data, state);
    case 'UndoIncident':
      return undoIncident(command.data);
    case 'SetThresholds':
      return setThresholds(command.data);
    case 'SetMailboxThresholds':
      return setMailboxThresholds(command.data, state);
    case 'RemoveMailboxThresholds':
      return removeMailboxThresholds(command.data, state);
    case 'SetVerdictHeader':
      return setVerdictHeader(command.data, state);
    default:
      return changeStatus(command, state);
  }
}

type StatusCommand = Extract<
  DomainCommand,
  { type: 'ProveDomain' | 'SuspendDomain' | 'ResumeDomain' | 'RemoveDomain' }
>;

function changeStatus(command: StatusCommand, state: DomainDetails): DomainDecided {
  switch (command.type) {
    case 'ProveDomain':
      return ok(state.proven ? [] : [{ type: 'DomainProven', data: command.data }]);
    case 'SuspendDomain':
      return ok(state.status === 'suspended' ? [] : [{ type: 'DomainSuspended', data: command.data }]);
    case 'ResumeDomain':
      return ok(state.status === 'suspended' ? [{ type: 'DomainResumed', data: {} }] : []);
    case 'RemoveDomain':
      return ok([{ type: 'DomainRemoved', data: {} }]);
    default:
      return command satisfies never;
  }
}

function addDomain(
  { name, accountId, preset }: Extract<DomainCommand, { type: 'AddDomain' }>['data'],
  state: DomainState,
): DomainDecided {
  if (state.status !== 'none') return refuse('domain-exists', 'This domain exists already.');
  const normalized = normalizeDomainName(name);
  if (normalized === undefined) {
    return refuse('bad-name', `“${name.slice(0, 80)}” is no domain name; write it like example.org.`);
  }
  return ok([
    { type: 'DomainAdded', data: { name: normalized, accountId, preset, edition: currentEdition } },
  ]);
}

/** Only forwards: an edition is left for a newer one, and an older one is had again by nobody but who never left it. */
function takeEdition({ edition }: { readonly edition: number }, state: DomainDetails): DomainDecided {
  if (edition === state.edition) return ok([]);
  const isThere = Number.isInteger(edition) && edition > state.edition && edition <= currentEdition;
  if (isThere) return ok([{ type: 'EditionTaken', data: { edition } }]);
  const newest =
    state.edition < currentEdition ? `the newest is ${currentEdition}` : 'there is none that is newer';
  return refuse('bad-edition', `The domain has edition ${state.edition} of its preset; ${newest}.`);
}

/** So many mails and releases a minute one order may have. */
const maxUndoneMails = 100_000;
const maxUndoRate = 6_000;

function undoIncident(data: UndoneIncident): DomainDecided {
  if (data.mails < 1 || data.mails > maxUndoneMails) {
    return refuse('bad-undo', `An order is for 1 to ${maxUndoneMails} mails; choose a shorter time.`);
  }
  if (!Number.isInteger(data.rate) || data.rate < 1 || data.rate > maxUndoRate) {
    return refuse('bad-undo', `The rate is a whole number from 1 to ${maxUndoRate} mails a minute.`);
  }
  return ok([{ type: 'IncidentUndone', data }]);
}

const setVerdictHeader = (data: { readonly enabled: boolean }, state: DomainDetails): DomainDecided =>
  ok(data.enabled === (state.verdictHeader ?? true) ? [] : [{ type: 'VerdictHeaderSet', data }]);
