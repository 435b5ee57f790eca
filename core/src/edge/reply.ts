/** What a sender is told: the published reply of a reason, and the id of the mail to ask about; never internals. */
import { replyFor } from '../checks/registry.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { SmtpReply } from '../ports/smtp-session.ts';

/** The reply of a reason where there is no mail to speak of. */
export function plainReply(reason: string): SmtpReply {
  const { code, enhanced, text } = replyFor(reason);
  return { code, enhanced, text };
}

/** The reply to a decided mail; its class is always that of the verdict, whatever the reason is published with. */
export function verdictReply(verdict: Verdict, reason: string, mailId: string): SmtpReply {
  const published = plainReply(reason);
  const { code, enhanced, text } = classes[verdict](published) ? published : fallbacks[verdict];
  return { code, enhanced: enhanced ?? '', text: `${text} (id ${mailId})` };
}

type Fits = (reply: SmtpReply) => boolean;

const isYes: Fits = ({ code }) => code < 300;
const isLater: Fits = ({ code }) => code >= 400 && code < 500;
const isNo: Fits = ({ code }) => code >= 500;

const classes: Readonly<Record<Verdict, Fits>> = {
  accept: isYes,
  tag: isYes,
  hold: isYes,
  reject: isNo,
  defer: isLater,
};

/** A check may defer on what it would else refuse for, such as a virus: its published reply is a 5xx then. */
const fallbacks: Readonly<Record<Verdict, SmtpReply>> = {
  accept: plainReply('clean'),
  tag: plainReply('clean'),
  hold: plainReply('clean'),
  reject: plainReply('score-reject'),
  defer: { code: 451, enhanced: '4.7.1', text: 'Not taken now; try again later' },
};
