/** Judges recorded decisions again: the same pure function over the same facts, under the policy of then or another one. */
import { checkNames, type MailJudgedData } from '../decision/mail-judged.ts';
import type { DomainEvents, DomainState } from '../domain/domain.ts';
import { evolveDomain } from '../domain/evolve.ts';
import { judge } from '../judge/judge.ts';
import type { Judgement } from '../judge/verdict.ts';
import { effectivePolicy } from '../policy/effective.ts';
import type { Policy, ServiceLists } from '../policy/policy.ts';

/**
 * The judgement of recorded facts under a policy. Only checks that ran have facts: one that is enabled in the policy and
 * did not run then says nothing. `at`: when the mail came, ISO 8601 (`RecordedDecision.at`).
 */
export function judgeAgain(
  data: Pick<MailJudgedData, 'envelope' | 'facts' | 'ran'>,
  policy: Policy,
  at: string,
): Judgement {
  return judge(
    { envelope: data.envelope, receivedAt: at, ran: ranChecks(data.ran), facts: data.facts },
    policy,
  );
}

/** The same few sets of checks run for nearly all mails. */
const namesByBits = new Map<string, readonly string[]>();
const maxRemembered = 1_024;

function ranChecks(bits: string): readonly string[] {
  const known = namesByBits.get(bits);
  if (known !== undefined) return known;
  const names = checkNames(bits);
  if (namesByBits.size < maxRemembered) namesByBits.set(bits, names);
  return names;
}

/** Every so many revisions a state is kept: lists are copied with each change, and thousands of copies are too many. */
const keptEvery = 64;
const maxPolicies = 32;
/** Two revisions make one number, which a map finds faster than a text. */
const maxServiceRevisions = 1_048_576;

/** The policy of a domain by the revisions that a decision names; undefined where one of them is not there. */
export type PolicyAt = (revision: number, serviceRevision?: number) => Policy | undefined;

/**
 * The policies of a domain by the revision of its stream, from all its events in order (revision = place). Undefined for a
 * revision that the domain does not have. A policy asked for again is the same object while it is among the last ones.
 * `listsAt`: the operator's lists by the revision that a decision names; of one that names none they are empty.
 */
export function policyAt(
  events: readonly DomainEvents[],
  listsAt: (revision: number) => ServiceLists | undefined = () => undefined,
): PolicyAt {
  const kept = keptStates(events);
  const policies = new Map<number, Policy>();

  const stateAt = (revision: number): DomainState => {
    const place = Math.floor((revision + 1) / keptEvery);
    let state = kept[place] ?? initialState;
    for (let next = place * keptEvery; next <= revision; next++) state = evolved(state, events[next]);
    return state;
  };

  const policyOf: PolicyAt = (revision, serviceRevision) => {
    if (!Number.isInteger(revision) || revision < 0 || revision >= events.length) return undefined;
    const state = stateAt(revision);
    const service = serviceRevision === undefined ? undefined : listsAt(serviceRevision);
    const isKnown = serviceRevision === undefined || service !== undefined;
    return state.status === 'none' || !isKnown ? undefined : effectivePolicy(state, revision, service);
  };

  return (revision, serviceRevision) => {
    const key = revision * maxServiceRevisions + (serviceRevision ?? -1) + 1;
    const known = policies.get(key);
    if (known !== undefined) return known;
    const policy = policyOf(revision, serviceRevision);
    if (policy === undefined) return undefined;
    const [oldest] = policies.keys();
    if (policies.size >= maxPolicies && oldest !== undefined) policies.delete(oldest);
    policies.set(key, policy);
    return policy;
  };
}

const initialState: DomainState = { status: 'none' };

const evolved = (state: DomainState, event: DomainEvents | undefined): DomainState =>
  event === undefined ? state : evolveDomain(state, event);

/** The state before each revision that is a multiple of `keptEvery`. */
function keptStates(events: readonly DomainEvents[]): readonly DomainState[] {
  const kept: DomainState[] = [];
  let state = initialState;
  for (const [revision, event] of events.entries()) {
    if (revision % keptEvery === 0) kept.push(state);
    state = evolved(state, event);
  }
  kept.push(state);
  return kept;
}
