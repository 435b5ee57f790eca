/** The delivery to one recipient as callers see it. */
import type { DeliveryStatus, RecipientDelivery } from '@sluice/core/projection/delivery.ts';

export interface DeliveryView {
  readonly recipient: string;
  readonly status: DeliveryStatus;
  /** 0 before the first. */
  readonly attempts: number;
  /** The route's own words, which are hostile text; '' before the first attempt. */
  readonly lastResponse: string;
  /** ISO 8601; where it is known. */
  readonly nextAttemptAt?: string;
  /** ISO 8601; of the last change. */
  readonly at: string;
}

export const describeDelivery = (delivery: RecipientDelivery): DeliveryView => ({
  recipient: delivery.recipient,
  status: delivery.status,
  attempts: delivery.attempts ?? 0,
  lastResponse: delivery.lastResponse ?? '',
  ...(delivery.nextAttemptAt === undefined ? {} : { nextAttemptAt: delivery.nextAttemptAt }),
  at: delivery.at,
});
