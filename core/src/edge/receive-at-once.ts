/** The checks that act at RCPT, before there is a mail: what they refuse leaves a count and no copy. */
import { type AnyCheck, type Envelope, observed } from '../checks/check.ts';
import { type GatheredFacts, gatherPhase, nothingGathered } from '../checks/gather.ts';
import { createObservations } from '../checks/observations.ts';
import { slowDownMs } from '../checks/recipient-harvest.ts';
import { allChecks } from '../checks/registry.ts';
import { envelopeSender, senderList } from '../checks/sender-list.ts';
import { judge, settingsOf } from '../judge/judge.ts';
import type { Policy } from '../policy/policy.ts';
import type { PinnedDomain } from '../ports/replica.ts';
import type { Connection } from './receive-connection.ts';
import type { ReceiverContext } from './receive-context.ts';

/** Made only of those who name recipients that do not exist. */
const harvestName = 'recipient-harvest';
/** Made after all others, so that nobody is asked to come again for what is refused then; and below the lists. */
const greylistName = 'greylist';
const sizeName = 'size';

const immediate = allChecks.filter(
  (check) => check.immediate === true && check.phase === 'rcpt' && check.scope !== 'service',
);
const first = immediate.filter(({ name }) => name !== harvestName && name !== greylistName);
const harvest = immediate.filter(({ name }) => name === harvestName);
const lists = allChecks.filter(({ standing }) => standing === 'list');
const last = allChecks.filter((check) => lists.includes(check) || check.name === greylistName);

export interface NamedRecipient {
  readonly envelope: Envelope;
  readonly declaredSize: number | undefined;
  readonly domain: PinnedDomain;
  readonly policy: Policy;
}

const isOn = (policy: Policy, name: string): boolean => (policy.checks[name]?.mode ?? 'off') !== 'off';

/** Whether anything may speak against a recipient at once; if not, it is answered without waiting for anything. */
export const hasImmediate = (policy: Policy, declaredSize: number | undefined): boolean =>
  isOn(policy, greylistName) ||
  first.some(({ name }) => isOn(policy, name) && (name !== sizeName || declaredSize !== undefined));

/** The reason for which a recipient is not taken. */
export async function refusedAtOnce(
  context: ReceiverContext,
  connection: Connection,
  named: NamedRecipient,
): Promise<string | undefined> {
  const { policy } = named;
  const { reason } = await ask(context, connection, { named, checks: first });
  if (reason === 'recipient-unknown' && isOn(policy, harvestName)) {
    return (await harvested(context, connection, named)) ?? reason;
  }
  if (reason !== undefined || !isOn(policy, greylistName)) return reason;
  return (await ask(context, connection, { named, checks: last, earlier: bySender(named) })).reason;
}

/** The From header may be on a list too, but has not come: nobody is spared for it. */
function bySender({ policy, envelope }: NamedRecipient): GatheredFacts {
  const { name } = senderList;
  return isOn(policy, name)
    ? { ran: [name], facts: { [name]: observed(envelopeSender(envelope.sender)) } }
    : nothingGathered;
}

async function harvested(
  context: ReceiverContext,
  connection: Connection,
  named: NamedRecipient,
): Promise<string | undefined> {
  connection.namedUnknown();
  const { reason, facts } = await ask(context, connection, { named, checks: harvest, namesUnknown: true });
  const [check] = harvest;
  const policy = named.policy.checks[harvestName];
  const fact = facts[harvestName];
  if (check === undefined || policy?.mode !== 'reject' || fact?.status !== 'observed') return reason;
  const ms = slowDownMs(fact.fact, settingsOf(check, policy)?.value);
  if (ms > 0) await context.ports.pause?.sleep(ms, connection.signal());
  return reason;
}

interface Question {
  readonly named: NamedRecipient;
  readonly checks: readonly AnyCheck[];
  readonly namesUnknown?: true;
  readonly earlier?: GatheredFacts;
}

async function ask(
  { ports, options }: ReceiverContext,
  connection: Connection,
  {
    named: { envelope, declaredSize, domain, policy },
    checks,
    namesUnknown,
    earlier = nothingGathered,
  }: Question,
) {
  const view = connection.view(domain);
  const edge =
    view === undefined || namesUnknown === undefined
      ? view
      : { ...view, connection: { ...view.connection, namesUnknown } };
  const receivedAt = ports.clock.now();
  const { observationDeadlines: deadlines, gatherDeadlines } = options;
  const { ran, facts } = await gatherPhase({
    phases: ['connect', 'helo', 'mail', 'rcpt'],
    policy,
    envelope,
    receivedAt,
    observed: createObservations({ envelope, raw: undefined, declaredSize, ports, deadlines, textLimit: 0 }),
    resolver: ports.resolver,
    deadline: ports.deadline,
    deadlines: gatherDeadlines,
    edge,
    earlier,
    checks,
  });
  const { verdict, reason } = judge({ envelope, receivedAt, ran, facts }, policy, checks);
  // What a block list says has time until the mail is there, and a copy of it can be kept.
  const isActing = checks.some((check) => check.immediate === true && Object.hasOwn(check.reasons, reason));
  const isRefused = verdict === 'defer' || verdict === 'reject';
  const isError = reason === 'check-error';
  return { reason: isRefused && (isActing || isError) ? reason : undefined, facts };
}
