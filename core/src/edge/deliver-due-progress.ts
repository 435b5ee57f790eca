/** From what a route said of one attempt to what is stored of it: a pure function of the mail, the outcomes and the time. */
import type { DeliveryReport, MailEvent } from '../mail/mail.ts';
import type { RecipientOutcome } from '../ports/delivery.ts';
import type { DeliveryProgress, DueDelivery } from '../ports/outbox.ts';
import { isDeferralTold, nextAttempt } from './deliver-due-schedule.ts';

export interface Progress extends Omit<DeliveryProgress, 'events'> {
  readonly events: readonly Extract<
    MailEvent,
    { type: 'MailDelivered' | 'MailDeliveryDeferred' | 'MailBounced' }
  >[];
}

/** `outcomes`: one a recipient of the mail. */
export function progressOf(due: DueDelivery, outcomes: readonly RecipientOutcome[], now: string): Progress {
  const attempt = due.attempts + 1;
  const at = nextAttempt(due, attempt, now);
  const delivered = outcomes.filter(({ outcome }) => outcome === 'delivered');
  const deferred = at === undefined ? [] : outcomes.filter(({ outcome }) => outcome === 'deferred');
  const failed = outcomes.filter((one) => !delivered.includes(one) && !deferred.includes(one));
  const told = isDeferralTold(attempt) ? deferred : [];
  return {
    mailId: due.mailId,
    delivered: recipientsOf(delivered),
    failed: recipientsOf(failed),
    retry:
      at === undefined || deferred.length === 0
        ? undefined
        : { recipients: recipientsOf(deferred), at, response: deferred[0]?.response ?? '' },
    events: [
      ...reports(delivered, attempt).map((data) => ({ type: 'MailDelivered' as const, data })),
      ...reports(told, attempt).map((data) => ({
        type: 'MailDeliveryDeferred' as const,
        data: { ...data, ...(at === undefined ? {} : { nextAttemptAt: at }) },
      })),
      ...reports(failed, attempt).map((data) => ({ type: 'MailBounced' as const, data })),
    ],
  };
}

const recipientsOf = (outcomes: readonly RecipientOutcome[]): readonly string[] =>
  outcomes.map(({ recipient }) => recipient);

/** One report for all recipients of whom the route said the same. */
function reports(outcomes: readonly RecipientOutcome[], attempt: number): readonly DeliveryReport[] {
  const groups = Map.groupBy(outcomes, ({ host, code, response }) => JSON.stringify([host, code, response]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { host, code, response } = first;
    return [{ recipients: recipientsOf(group), host, code, response, attempt }];
  });
}
