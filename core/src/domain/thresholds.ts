/** Thresholds of a domain and of single mailboxes: setting them, and taking those of a mailbox back. */
import { ok, refuse } from '../kernel/result.ts';
import type { Thresholds } from '../policy/policy.ts';
import type { DomainDetails, DomainEvents } from './domain.ts';
import type { DomainDecided } from './refusal.ts';

/** Mailboxes of a domain that may have thresholds of their own: all of them lie in the memory of every edge. */
export const maxMailboxThresholds = 2_000;

export function setThresholds(thresholds: Thresholds): DomainDecided {
  return faultOf(thresholds) ?? ok([{ type: 'ThresholdsSet', data: thresholds }]);
}

type Own = Thresholds & { readonly mailbox: string };

export function setMailboxThresholds({ mailbox: text, ...data }: Own, state: DomainDetails): DomainDecided {
  const mailbox = mailboxOf(text);
  if (!isMailboxOf(mailbox, state.name)) {
    return refuse('bad-mailbox', `${text.slice(0, 80)} is no mailbox of ${state.name}.`);
  }
  const fault = faultOf(data);
  if (fault !== undefined) return fault;
  const own = state.mailboxThresholds ?? {};
  const isKnown = Object.hasOwn(own, mailbox);
  if (isKnown && isSame(own[mailbox], data)) return ok([]);
  if (!isKnown && Object.keys(own).length >= maxMailboxThresholds) {
    const most = `At most ${maxMailboxThresholds} mailboxes of a domain have thresholds of their own`;
    return refuse('bad-mailbox', `${most}; remove some first.`);
  }
  return ok([{ type: 'MailboxThresholdsSet', data: { mailbox, ...data } }]);
}

export function removeMailboxThresholds(
  { mailbox: text }: { readonly mailbox: string },
  state: DomainDetails,
): DomainDecided {
  const mailbox = mailboxOf(text);
  return Object.hasOwn(state.mailboxThresholds ?? {}, mailbox)
    ? ok([{ type: 'MailboxThresholdsRemoved', data: { mailbox } }])
    : refuse('no-thresholds', `${text.slice(0, 80)} has no thresholds of its own.`);
}

type ThresholdsChange = Extract<
  DomainEvents,
  { type: 'ThresholdsSet' | 'MailboxThresholdsSet' | 'MailboxThresholdsRemoved' }
>;

export function evolveThresholds(state: DomainDetails, event: ThresholdsChange): DomainDetails {
  if (event.type === 'ThresholdsSet') return { ...state, thresholds: event.data };
  const own = state.mailboxThresholds ?? {};
  if (event.type === 'MailboxThresholdsSet') {
    const { mailbox, ...thresholds } = event.data;
    return { ...state, mailboxThresholds: { ...own, [mailbox]: thresholds } };
  }
  const { [event.data.mailbox]: _, ...others } = own;
  return { ...state, mailboxThresholds: others };
}

const mailboxOf = (text: string): string => text.trim().toLowerCase();

function isMailboxOf(mailbox: string, domain: string): boolean {
  const local = mailbox.endsWith(`@${domain}`) ? mailbox.slice(0, -domain.length - 1) : '';
  return /^[^\s@*]+$/.test(local) && mailbox.length <= 320;
}

const isSame = (one: Thresholds | undefined, { tag, hold, reject }: Thresholds): boolean =>
  one?.tag === tag && one.hold === hold && one.reject === reject;

function faultOf({ tag, hold, reject }: Thresholds): DomainDecided | undefined {
  const isPlain = [tag, hold, reject].every((value) => Number.isFinite(value) && value > 0);
  return isPlain && tag <= hold && hold <= reject
    ? undefined
    : refuse('bad-thresholds', 'Thresholds are numbers above 0, with tag ≤ hold ≤ reject.');
}
