/** From what a host said to what became of each recipient. */
import type { RecipientOutcome } from '@sluice/core/ports/delivery.ts';
import type { Sent, SessionError } from './session.ts';

type Said = Omit<RecipientOutcome, 'recipient'>;

/** Outcomes of a transaction that the host answered, refused ones with their own replies. */
export function outcomesOf(
  recipients: readonly string[],
  sent: Sent,
  { host, dataBegan }: { readonly host: string; readonly dataBegan: boolean },
): readonly RecipientOutcome[] {
  const refused = new Map(sent.refused.map(({ recipient, error }) => [recipient, error]));
  const rest: Said =
    sent.error === undefined
      ? { outcome: 'delivered', code: Number.parseInt(sent.response, 10), response: sent.response, host }
      : saidOf(sent.error, host, dataBegan);
  return recipients.map((recipient) => {
    const error = refused.get(recipient);
    return { recipient, ...(error === undefined ? rest : saidOf(error, host, false)) };
  });
}

/** The same for everybody. */
export const allOutcomes = (recipients: readonly string[], said: Said): readonly RecipientOutcome[] =>
  recipients.map((recipient) => ({ recipient, ...said }));

/** A reply that settles it: 5xx but 503, which is about the order of commands and not about the mail. */
const isPermanent = (code: number): boolean => code >= 500 && code !== 503;

function saidOf(error: SessionError, host: string, dataBegan: boolean): Said {
  if (error.response !== undefined) {
    const outcome = isPermanent(error.responseCode) ? 'failed' : 'deferred';
    return { outcome, code: error.responseCode, response: error.response, host };
  }
  // Without a reply: only the host's own limit on size, or an address that cannot be written in SMTP, will never change.
  const isHopeless = error.code === 'EMESSAGE' || error.code === 'EENVELOPE';
  const note = dataBegan ? ' (the host may have taken the mail: there was no reply)' : '';
  return {
    outcome: isHopeless ? 'failed' : 'deferred',
    code: 0,
    response: `${error.message}${note}`,
    host,
  };
}
