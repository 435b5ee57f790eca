/** Projection: what refused mails, and what of it people released after all; from it advice is learned. */
import { decisionFormats, type MailJudged, type MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { createEventCodec, type EventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { Policy } from '@sluice/core/policy/policy.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import { causesText, precisionCounts, type RefusalCauses } from '@sluice/core/projection/precision.ts';
import type { PolicyAt } from '@sluice/core/replay/judge-again.ts';
import { loadPolicies } from '@sluice/core/replay/load-policies.ts';
import { addPrecision, forgetCauses, insertCauses, markReleased } from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';

interface Ports {
  readonly store: EventStore;
  readonly vault: Vault;
}

/** Reads facts of refused mails only: accepted ones have nothing to learn from. */
export function createPrecision(ports: Ports): PostgresProjection {
  const codec = createEventCodec<MailJudged>(decisionFormats, ports.vault);
  const policies = createPolicies(ports);
  return {
    name: 'precision',
    tables: ['refusal_causes', 'check_precision'],
    streamPrefixes: ['decisions-', 'mail-'],
    failure: { retries: 3, atLast: 'park' },
    batchEvents: 1_000,
    async prepare(events) {
      const refusals: RefusalCauses[] = [];
      for (const event of events) {
        const causes = await causesOf(event, codec, policies);
        if (causes !== undefined) refusals.push(causes);
      }
      const released = mailIds(events, 'MailReleased');
      const expired = mailIds(events, 'MailExpired');
      return async (tx) => {
        const added = await insertCauses(tx, refusals);
        const isNew = ({ mailId }: RefusalCauses): boolean => added.has(mailId);
        await addPrecision(tx, precisionCounts(refusals.filter(isNew), 'refused'));
        await addPrecision(tx, precisionCounts(await markReleased(tx, released), 'released'));
        await forgetCauses(tx, expired);
      };
    },
  };
}

const mailIds = (events: readonly RecordedEvent[], type: string): readonly string[] => [
  ...new Set(events.filter((one) => one.type === type).map(({ stream }) => stream.slice('mail-'.length))),
];

/** Undefined where nothing is to learn; erased decisions say nothing any more. */
async function causesOf(
  event: RecordedEvent,
  codec: EventCodec<MailJudged>,
  policies: Policies,
): Promise<RefusalCauses | undefined> {
  const { accountId, domainId, at } = event.metadata;
  if (event.type !== 'MailJudged' || accountId === undefined || domainId === undefined) return undefined;
  const { verdict, mailId } = event.data;
  if ((verdict !== 'reject' && verdict !== 'hold') || typeof mailId !== 'string') return undefined;
  const decoded = await codec.decode(event);
  if (!decoded.ok) return undefined;
  const { data } = decoded.value;
  const policy = await policies.at(domainId, data);
  const causes = policy === undefined ? '' : causesText(data, policy, at);
  return causes === '' ? undefined : { mailId, accountId, domainId, day: at.slice(0, 10), causes };
}

interface Policies {
  at(
    domainId: string,
    revisions: Pick<MailJudgedData, 'policyRevision' | 'serviceRevision'>,
  ): Promise<Policy | undefined>;
}

/** Domains whose policies are kept in memory. */
const keptDomains = 500;

/** A revision that is not known yet makes the domain be read again: it has changed since. */
function createPolicies(ports: Ports): Policies {
  const known = new Map<string, PolicyAt>();
  return {
    async at(domainId, { policyRevision, serviceRevision }) {
      const remembered = known.get(domainId)?.(policyRevision, serviceRevision);
      if (remembered !== undefined) return remembered;
      const policyAt = await loadPolicies(ports, domainId);
      const [oldest] = known.keys();
      known.delete(domainId);
      if (known.size >= keptDomains && oldest !== undefined) known.delete(oldest);
      known.set(domainId, policyAt);
      return policyAt(policyRevision, serviceRevision);
    },
  };
}
