/** Proposed settings of a domain: the changes of a form before it is saved, checked exactly as saving would check them. */
import type { PresetName } from '../checks/check.ts';
import { describeChange } from '../domain/describe-change.ts';
import { domainDecider } from '../domain/domain.decider.ts';
import type {
  CheckOverride,
  DomainCommand,
  DomainDetails,
  DomainEvents,
  DomainState,
  ListKey,
} from '../domain/domain.ts';
import type { DomainRefusal } from '../domain/refusal.ts';
import type { CommandMetadata } from '../kernel/command.ts';
import type { JsonObject } from '../kernel/json.ts';
import { ok, refuse, type Result } from '../kernel/result.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { type ListEntry, type Thresholds, thresholdsFor } from '../policy/policy.ts';

/** Thresholds of one mailbox; those that are missing stay as they hold for it: its own, or those of the domain. */
export type ProposedMailbox = { readonly mailbox: string } & Partial<Thresholds>;

/** Applied in this order: preset, edition, thresholds, mailboxes without their own, with their own, checks, entries taken off, added. */
export interface Proposal {
  readonly preset?: PresetName;
  /** A newer edition of the preset that the domain has, with what it sets differently. */
  readonly edition?: number;
  /** Those that are missing stay as they are. */
  readonly thresholds?: Partial<Thresholds>;
  /** Mailboxes for which those of the domain would hold again. */
  readonly removeMailboxThresholds?: readonly string[];
  readonly mailboxThresholds?: readonly ProposedMailbox[];
  readonly checks?: readonly ({ readonly check: string } & CheckOverride)[];
  readonly remove?: readonly ListKey[];
  readonly add?: readonly ListEntry[];
}

export interface Proposed {
  readonly details: DomainDetails;
  /** In words, one for each thing that would change: “Set check dnsbl to reject”. */
  readonly changes: readonly string[];
}

/** The domain as it would be. Nothing is recorded. */
export function propose(details: DomainDetails, proposal: Proposal): Result<Proposed, DomainRefusal> {
  let state: DomainDetails = details;
  const changes: string[] = [];
  for (const next of commandsOf(proposal)) {
    const decided = domainDecider.decide(next(state), state);
    if (!decided.ok) return decided;
    for (const event of decided.value) {
      const after: DomainState = domainDecider.evolve(state, event);
      if (after.status === 'none') return refuse('no-domain', 'There is no such domain.');
      state = after;
      changes.push(sentenceOf(event));
    }
  }
  return ok({ details: state, changes });
}

const sentenceOf = ({ type, data }: DomainEvents): string =>
  describeChange(type, data as object as JsonObject);

/** The decider reads nothing of it; a proposal is not an act, and has no author. */
const metadata: CommandMetadata = {
  id: '',
  now: '',
  actor: { kind: 'system', id: 'what-if' },
  correlationId: '',
};

type Command = (state: DomainDetails) => DomainCommand;

function commandsOf(proposal: Proposal): readonly Command[] {
  const { preset, edition, thresholds, checks = [], remove = [], add = [] } = proposal;
  const commands: Command[] = [];
  if (preset !== undefined) commands.push(() => ({ type: 'ChoosePreset', data: { preset }, metadata }));
  if (edition !== undefined) commands.push(() => ({ type: 'TakeEdition', data: { edition }, metadata }));
  if (thresholds !== undefined) {
    commands.push((state) => {
      const data = { ...effectivePolicy(state, 0).thresholds, ...thresholds };
      return { type: 'SetThresholds', data, metadata };
    });
  }
  commands.push(...mailboxCommands(proposal));
  for (const data of checks) commands.push(() => ({ type: 'ConfigureCheck', data, metadata }));
  for (const data of remove) commands.push(() => ({ type: 'RemoveListEntry', data, metadata }));
  for (const data of add) commands.push(() => ({ type: 'AddListEntry', data, metadata }));
  return commands;
}

const mailboxCommands = ({
  removeMailboxThresholds = [],
  mailboxThresholds = [],
}: Proposal): readonly Command[] => [
  ...removeMailboxThresholds.map((mailbox): Command => () => ({
    type: 'RemoveMailboxThresholds',
    data: { mailbox },
    metadata,
  })),
  ...mailboxThresholds.map((own): Command => (state) => {
    const now = thresholdsFor(effectivePolicy(state, 0), own.mailbox.trim());
    return { type: 'SetMailboxThresholds', data: { ...now, ...own }, metadata };
  }),
];
