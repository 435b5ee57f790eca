/** How the delivery of a mail is getting on, recipient by recipient, in words. */
import { plain } from '../hostile.ts';
import type { Entry } from './timeline.ts';
import type { Mail } from './mail.ts';

export type Delivery = Mail['deliveries'][number];

export interface DeliveryLine {
  readonly recipient: string;
  readonly state: 'going' | 'waiting' | 'done' | 'failed';
  readonly text: string;
  /** The route's own words. */
  readonly said: string;
  /** host:port of whoever said so; '' if it is not known. */
  readonly host: string;
  readonly at: string;
  readonly next?: string;
}

const looks: Readonly<Record<Delivery['status'], Pick<DeliveryLine, 'state' | 'text'>>> = {
  released: { state: 'going', text: 'On its way' },
  pending: { state: 'going', text: 'On its way' },
  deferred: { state: 'waiting', text: 'Not taken yet' },
  delivered: { state: 'done', text: 'Delivered' },
  bounced: { state: 'failed', text: 'Not delivered' },
};

export function deliveryLines(
  deliveries: readonly Delivery[],
  timeline: readonly Entry[],
): readonly DeliveryLine[] {
  return deliveries.map(({ recipient, status, lastResponse, at, nextAttemptAt }) => ({
    recipient,
    ...looks[status],
    said: plain(lastResponse),
    host: hostFor(recipient, timeline),
    at,
    ...(nextAttemptAt === undefined ? {} : { next: nextAttemptAt }),
  }));
}

const reports = ['MailDelivered', 'MailDeliveryDeferred', 'MailBounced'];

/** Whoever answered last. */
function hostFor(recipient: string, timeline: readonly Entry[]): string {
  const last = timeline.findLast(
    ({ type, summary: { recipients } }) =>
      reports.includes(type) && Array.isArray(recipients) && recipients.includes(recipient),
  );
  const host = last?.summary['host'];
  return typeof host === 'string' ? plain(host) : '';
}

/** Something is still to happen by itself. */
export const isUnderWay = (deliveries: readonly Delivery[]): boolean =>
  deliveries.some(({ status }) => status === 'released' || status === 'deferred' || status === 'pending');
