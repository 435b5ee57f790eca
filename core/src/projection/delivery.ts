/** What became of a mail for each of its recipients, followed through the events. */
import type { MailJudgedData } from '../decision/mail-judged.ts';
import type { DeliveryReport, MailEvent } from '../mail/mail.ts';
import { plainText } from './plain-text.ts';

/** released: an order to deliver it after all is under way. */
export type DeliveryStatus = 'pending' | 'deferred' | 'delivered' | 'bounced' | 'released';

export interface RecipientDelivery {
  readonly recipient: string;
  readonly status: DeliveryStatus;
  /** ISO 8601. */
  readonly at: string;
  /** As far as events tell: not every deferral is one. Undefined before the first. */
  readonly attempts?: number;
  /** The route's own words to the last of them. */
  readonly lastResponse?: string;
  /** ISO 8601. */
  readonly nextAttemptAt?: string;
  /** The release that ordered it; undefined for a mail that was let through. */
  readonly releaseId?: string;
}

/** Of the whole mail; none: nobody is to get it. */
export type OverallDelivery = DeliveryStatus | 'none';

/** Those whose verdict lets the mail through wait for it. */
export function firstDeliveries(
  data: Pick<MailJudgedData, 'outcomes' | 'envelope'>,
  at: string,
): readonly RecipientDelivery[] {
  return data.envelope.recipients.flatMap((recipient, index) => {
    const verdict = data.outcomes[index]?.verdict;
    return verdict === 'accept' || verdict === 'tag' ? [{ recipient, status: 'pending', at }] : [];
  });
}

const statusAfter: Readonly<Partial<Record<MailEvent['type'], DeliveryStatus>>> = {
  MailReleased: 'released',
  MailDelivered: 'delivered',
  MailDeliveryDeferred: 'deferred',
  MailBounced: 'bounced',
};

/** An event that says nothing about delivery changes nothing. */
export function followDelivery(
  deliveries: readonly RecipientDelivery[],
  event: MailEvent,
  at: string,
): readonly RecipientDelivery[] {
  const status = statusAfter[event.type];
  if (status === undefined || !('recipients' in event.data)) return deliveries;
  const named = new Set(event.data.recipients);
  const after = { status, at, ...reported(event.data) };
  return [
    ...deliveries.filter((one) => !named.has(one.recipient)),
    ...[...named].map((recipient) => ({ recipient, ...after })),
  ];
}

const maxResponse = 500;

type Report = Partial<DeliveryReport> & { readonly nextAttemptAt?: string };

const reported = ({ attempt, response, nextAttemptAt, releaseId }: Report) => ({
  ...(attempt === undefined ? {} : { attempts: attempt }),
  ...(response === undefined ? {} : { lastResponse: plainText(response, maxResponse) }),
  ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
  ...(releaseId === undefined ? {} : { releaseId }),
});

/** What needs attention most stands for all. */
const precedence: readonly DeliveryStatus[] = ['bounced', 'released', 'deferred', 'pending', 'delivered'];

export const overallDelivery = (deliveries: readonly RecipientDelivery[]): OverallDelivery =>
  precedence.find((status) => deliveries.some((one) => one.status === status)) ?? 'none';

/** How a quarantined mail's release is getting on; none: nobody has released it. */
export type ReleaseDelivery = 'none' | 'owed' | 'deferred' | 'delivered' | 'bounced';

const releasePrecedence = ['bounced', 'deferred', 'released', 'delivered'] as const;

export function releaseDelivery(deliveries: readonly RecipientDelivery[]): ReleaseDelivery {
  const ordered = deliveries.filter((one) => one.releaseId !== undefined);
  const status = releasePrecedence.find((worst) => ordered.some((one) => one.status === worst));
  return status === 'released' ? 'owed' : (status ?? 'none');
}

/** Nothing more will happen by itself. */
export const isSettled = (delivery: ReleaseDelivery): boolean =>
  delivery === 'delivered' || delivery === 'bounced' || delivery === 'none';
