/** One mail transaction as a value, and who may be its recipient: one domain a transaction, and only domains that are ours. */
import type { Observations } from '../checks/check.ts';
import type { GatheredFacts } from '../checks/gather.ts';
import type { GeneralReason } from '../judge/reason.ts';
import type { Policy } from '../policy/policy.ts';
import type { PinnedDomain, Replica } from '../ports/replica.ts';
import type { SmtpSender } from '../ports/smtp-session.ts';

/** What is asked about connection, HELO and sender while the client goes on. */
export interface EarlyGathering {
  readonly observed: Pick<Observations, 'spf'>;
  /** Never rejects. */
  readonly facts: Promise<GatheredFacts>;
}

/** A new value for every step; whoever waits holds the one it began with. */
export type Transaction =
  | { readonly state: 'none' }
  | { readonly state: 'mail'; readonly sender: SmtpSender }
  | AddressedTransaction;

export interface AddressedTransaction {
  readonly state: 'rcpt';
  readonly sender: SmtpSender;
  /** As it was at the first recipient, until the end. */
  readonly domain: PinnedDomain;
  /** What of its policy applies. */
  readonly policy: Policy;
  readonly recipients: readonly string[];
  readonly early: EarlyGathering;
}

export const noTransaction: Transaction = { state: 'none' };

/** Days for which a removed domain answers 451, so that senders keep its mail while the customer moves. */
const removedDays = 30;

export type Admission =
  | { readonly domain: PinnedDomain; readonly policy: Policy }
  | { readonly refused: GeneralReason; readonly domainId?: string };

/** Whether we receive mail for a domain now (`now`: ISO 8601), and under which policy. */
export function admitDomain(
  name: string,
  replica: Pick<Replica, 'domain' | 'isReady'>,
  now: string,
): Admission {
  const domain = replica.domain(name);
  if (domain === undefined) return { refused: replica.isReady() ? 'relay-denied' : 'no-policy' };
  const { domainId } = domain;
  switch (domain.status) {
    case 'active':
    // Relayed, unfiltered but for what harms others: its effective policy says so.
    case 'suspended':
      return { domain, policy: domain.policy };
    case 'unproven':
      return { refused: 'domain-unproven', domainId };
    case 'removed':
      return { refused: isGone(domain.removedAt, now) ? 'domain-gone' : 'domain-removed', domainId };
    default:
      return domain.status satisfies never;
  }
}

function isGone(removedAt: string | undefined, now: string): boolean {
  if (removedAt === undefined) return false;
  const end = Temporal.Instant.from(removedAt).add({ hours: 24 * removedDays });
  return Temporal.Instant.compare(Temporal.Instant.from(now), end) >= 0;
}

/** The domain of an address, lower case, without final dot; '' for none. */
export function recipientDomain(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1
    ? ''
    : address
        .slice(at + 1)
        .toLowerCase()
        .replace(/\.$/, '');
}

/** The same mailbox named again is one recipient (RFC 5321 §4.5.3.1.8 counts them so). */
export const isNamed = (recipients: readonly string[], address: string): boolean => {
  const wanted = address.toLowerCase();
  return recipients.some((one) => one.toLowerCase() === wanted);
};
