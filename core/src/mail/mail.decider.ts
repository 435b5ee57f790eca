/** Decides what may happen to a mail after its decision. */
import type { CommandMetadata } from '../kernel/command.ts';
import type { Decider } from '../kernel/decider.ts';
import type { Actor } from '../kernel/event.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import type { Look, MailCommand, MailEvent, MailState, OwedDelivery } from './mail.ts';

export type MailRefusal = Refusal<'mail-expired' | 'not-quarantined' | 'bad-recipient'>;

type Decided = Result<readonly MailEvent[], MailRefusal>;
type Data<TType extends MailCommand['type']> = Extract<MailCommand, { type: TType }>['data'];

export const mailDecider: Decider<MailState, MailCommand, MailEvent, MailRefusal> = {
  initialState: { status: 'kept', owed: [], looks: [] },
  decide(command, state) {
    switch (command.type) {
      case 'ReleaseMail':
        return release(command.data, state);
      case 'ReportDelivery':
        return report(command.data, state);
      case 'ViewMail':
        return view(command.data, command.metadata, state);
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
      case 'MailViewed':
        return { ...state, looks: looked(state, event.data) };
      case 'MailDeliveryDeferred':
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
  // An order that comes again, such as the release of one mail among many: whatever became of it, it has been carried out.
  if (state.owed.some((one) => one.releaseId === releaseId)) return ok([]);
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

/** Opening a mail is many requests: what one person looks at within an hour is one look. */
function view(data: Data<'ViewMail'>, { actor, now }: CommandMetadata, state: MailState): Decided {
  if (state.status === 'expired') return expired();
  const last = state.looks.find(({ by }) => isSame(by, actor));
  if (last !== undefined && isWithinHour(last.at, now)) return ok([]);
  return ok([{ type: 'MailViewed', data: { ...data, by: { kind: actor.kind, id: actor.id }, at: now } }]);
}

/** A clock that went back makes no hour of days. */
function isWithinHour(from: string, to: string): boolean {
  const since = Temporal.Instant.from(from).until(Temporal.Instant.from(to)).total('minutes');
  return since > -60 && since < 60;
}

function looked(state: MailState, { by, at }: Partial<Look>): readonly Look[] {
  if (by === undefined || at === undefined) return state.looks;
  return [...state.looks.filter((look) => !isSame(look.by, by)), { by, at }];
}

const isSame = (one: Actor, other: Actor): boolean => one.kind === other.kind && one.id === other.id;

const expired = (): Decided =>
  refuse('mail-expired', 'This mail is no longer kept, so nothing can be done with it.');
