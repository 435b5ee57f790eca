/** What became of a mail for each of its recipients, followed through the events. */
import type { MailJudgedData } from '../decision/mail-judged.ts';
import type { MailEvent } from '../mail/mail.ts';

/** released: an order to deliver it after all is under way. */
export type DeliveryStatus = 'pending' | 'deferred' | 'delivered' | 'bounced' | 'released';

export interface RecipientDelivery {
  readonly recipient: string;
  readonly status: DeliveryStatus;
  /** ISO 8601. */
  readonly at: string;
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
  return [
    ...deliveries.filter((one) => !named.has(one.recipient)),
    ...[...named].map((recipient) => ({ recipient, status, at })),
  ];
}

/** What needs attention most stands for all. */
const precedence: readonly DeliveryStatus[] = ['bounced', 'released', 'deferred', 'pending', 'delivered'];

export const overallDelivery = (deliveries: readonly RecipientDelivery[]): OverallDelivery =>
  precedence.find((status) => deliveries.some((one) => one.status === status)) ?? 'none';
