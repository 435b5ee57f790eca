/** Decides what may happen to a mail after its decision. */
import type { Decider } from '../kernel/decider.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { MailCommand, MailEvent, MailState, OwedDelivery } from './mail.ts';

export type MailRefusal = Refusal<'mail-expired' | 'not-quarantined' | 'bad-recipient'>;

type Decided = Result<readonly MailEvent[], MailRefusal>;
type Data<TType extends MailCommand['type']> = Extract<MailCommand, { type: TType }>['data'];

export const mailDecider: Decider<MailState, MailCommand, MailEvent, MailRefusal> = {
  initialState: { status: 'kept', owed: [] },
  decide(command, state) {
    switch (command.type) {
      case 'ReleaseMail':
        return release(command.data, state);
      case 'ReportDelivery':
        return report(command.data, state);
      case 'ViewMail':
        return state.status === 'expired' ? expired() : ok([{ type: 'MailViewed', data: command.data }]);
      case 'ExpireMail':
        return ok(state.status === 'expired' ? [] : [{ type: 'MailExpired', data: command.data }]);
      default:
        return command satisfies never;
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'MailReleased':
        return { ...state, owed: [...state.owed, ...owedBy(event.data)] };
      case 'MailDelivered':
        return { ...state, owed: settled(state, event.data, 'delivered') };
      case 'MailBounced':
        return { ...state, owed: settled(state, event.data, 'bounced') };
      case 'MailExpired':
        return { ...state, status: 'expired' };
      case 'MailDeliveryDeferred':
      case 'MailViewed':
        return state;
      default:
        return event satisfies never;
    }
  },
  isTerminal: (state) => state.status === 'expired' && state.owed.every((one) => one.status !== 'owed'),
};

/** No white space and no control characters, which no store or server would take, and no brackets. */
const isAddress = /^[^\s@<>\p{Cc}]+@[^\s@<>\p{Cc}]+$/u;

/** A recipient who is owed the mail, or has got it, is not released to again; one whose delivery bounced is. */
function release({ releaseId, quarantinedFor, to }: Data<'ReleaseMail'>, state: MailState): Decided {
  if (state.status === 'expired') return expired();
  if (quarantinedFor.length === 0) {
    return refuse(
      'not-quarantined',
      'This mail is not in the quarantine: it was accepted, or nothing of it was kept.',
    );
  }
  if (to !== undefined && !isAddress.test(to)) {
    return refuse('bad-recipient', `“${to.slice(0, 80)}” is no mail address.`);
  }
  const wanted = to === undefined ? quarantinedFor : [to];
  const recipients = wanted.filter((recipient) => !isOwedOrDone(state, recipient));
  return ok(recipients.length === 0 ? [] : [{ type: 'MailReleased', data: { releaseId, recipients } }]);
}

const isOwedOrDone = (state: MailState, recipient: string): boolean =>
  state.owed.some((one) => one.recipient === recipient && one.status !== 'bounced');

/** Reports for a release count once: the second one for a recipient that is settled changes nothing. */
function report({ outcome, ...data }: Data<'ReportDelivery'>, state: MailState): Decided {
  const open = data.recipients.filter((recipient) => isOpen(state, data.releaseId, recipient));
  if (open.length === 0) return ok([]);
  const about = { ...data, recipients: open };
  switch (outcome) {
    case 'delivered':
      return ok([{ type: 'MailDelivered', data: about }]);
    case 'deferred':
      return ok([{ type: 'MailDeliveryDeferred', data: about }]);
    case 'bounced':
      return ok([{ type: 'MailBounced', data: about }]);
    default:
      return outcome satisfies never;
  }
}

const isOpen = (state: MailState, releaseId: string | undefined, recipient: string): boolean =>
  releaseId === undefined ||
  state.owed.some(
    (one) => one.releaseId === releaseId && one.recipient === recipient && one.status === 'owed',
  );

const owedBy = (data: {
  readonly releaseId: string;
  readonly recipients: readonly string[];
}): OwedDelivery[] =>
  data.recipients.map((recipient) => ({ releaseId: data.releaseId, recipient, status: 'owed' }));

const settled = (
  state: MailState,
  { releaseId, recipients }: { readonly releaseId?: string; readonly recipients: readonly string[] },
  status: 'delivered' | 'bounced',
): readonly OwedDelivery[] =>
  state.owed.map((one) =>
    one.releaseId === releaseId && recipients.includes(one.recipient) ? { ...one, status } : one,
  );

const expired = (): Decided =>
  refuse('mail-expired', 'This mail is no longer kept, so nothing can be done with it.');
