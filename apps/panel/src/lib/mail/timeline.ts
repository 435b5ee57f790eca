/** What happened to a mail, line by line, in words. */
import { plain } from '../hostile.ts';
import { counted } from '../format.ts';
import type { Mail } from './mail.ts';

export type Entry = Mail['timeline'][number];

export type LineKind =
  | 'received'
  | 'decided'
  | 'released'
  | 'delivered'
  | 'deferred'
  | 'bounced'
  | 'viewed'
  | 'taught'
  | 'gone';

export interface Line {
  readonly key: string;
  readonly kind: LineKind;
  readonly at: string;
  readonly text: string;
  /** The route's own words, or an address: hostile, without anything invisible. */
  readonly said?: string;
  /** ISO 8601. */
  readonly next?: string;
}

/** From the first byte on, the oldest first. */
export function linesOf(
  mail: Pick<Mail, 'receivedAt' | 'envelope' | 'timeline' | 'intake'>,
): readonly Line[] {
  return [receivedLine(mail), ...mail.timeline.flatMap((entry) => lineOf(entry, mail))];
}

function receivedLine({
  receivedAt,
  envelope: { ip, helo, tls, imported },
}: Pick<Mail, 'receivedAt' | 'envelope'>): Line {
  const line = { key: 'received', kind: 'received', at: receivedAt } as const;
  if (imported === true) return { ...line, text: 'Received, says its header' };
  const how = tls === undefined ? 'without encryption' : `over ${plain(tls)}`;
  return { ...line, text: `Received ${how}`, said: plain(`from ${ip}, greeting as ${helo}`) };
}

const verdicts: Readonly<Record<string, string>> = {
  accept: 'Accepted',
  tag: 'Accepted and marked',
  hold: 'Held',
  reject: 'Refused',
  defer: 'Put off',
};

function lineOf(entry: Entry, { intake }: Pick<Mail, 'intake'>): readonly Line[] {
  const { type, actorName, summary } = entry;
  switch (type) {
    case 'MailJudged':
      return [decisionLine(entry, intake)];
    case 'MailReleased':
      return [{ ...base(entry), kind: 'released', text: `Released by ${actorName}`, said: toWhom(summary) }];
    case 'MailDelivered':
      return [
        { ...base(entry), kind: 'delivered', text: `Delivered ${attempt(summary)}`, said: report(summary) },
      ];
    case 'MailDeliveryDeferred':
      return [
        {
          ...base(entry),
          kind: 'deferred',
          text: `Not taken ${attempt(summary)}`,
          said: report(summary),
          ...nextOf(summary),
        },
      ];
    case 'MailBounced':
      return [
        { ...base(entry), kind: 'bounced', text: `Not delivered ${attempt(summary)}`, said: report(summary) },
      ];
    case 'MailViewed':
      return [{ ...base(entry), kind: 'viewed', text: viewed(entry) }];
    case 'MailTrained':
      return [{ ...base(entry), kind: 'taught', text: taught(entry) }];
    case 'MailExpired':
      return [{ ...base(entry), kind: 'gone', text: gone(summary) }];
    default:
      return [];
  }
}

const base = ({ eventId, at }: Entry): { readonly key: string; readonly at: string } => ({
  key: eventId,
  at,
});

type Summary = Entry['summary'];

const textIn = (summary: Summary, name: string): string => {
  const value = summary[name];
  return typeof value === 'string' ? plain(value) : typeof value === 'number' ? String(value) : '';
};

/** An imported mail is as old as its header says; it was brought in when the intake took it. */
function decisionLine(entry: Entry, intake: Mail['intake']): Line {
  const { summary, actor, at } = entry;
  const line = { ...base(entry), kind: 'decided' } as const;
  if (textIn(summary, 'reason') === 'imported') {
    return { ...line, at: intake?.at ?? at, text: 'Brought in from an archive' };
  }
  return { ...line, text: `${verdicts[textIn(summary, 'verdict')] ?? 'Judged'} by edge ${plain(actor.id)}` };
}

const viewed = ({ actorName, summary }: Entry): string =>
  textIn(summary, 'what') === 'raw' ? `Downloaded by ${actorName}` : `Looked at by ${actorName}`;

const taught = ({ actorName, summary }: Entry): string => {
  const what = textIn(summary, 'as') === 'ham' ? 'wanted mail' : 'spam';
  return textIn(summary, 'by') === 'release'
    ? `Learned as ${what}, since ${actorName} released it`
    : `Reported as ${what} by ${actorName}`;
};

const gone = (summary: Summary): string =>
  textIn(summary, 'reason') === 'erased' ? 'Erased' : 'The time for which it was kept was over';

const recipientsIn = ({ recipients }: Summary): readonly string[] =>
  Array.isArray(recipients) ? recipients.flatMap((one) => (typeof one === 'string' ? [plain(one)] : [])) : [];

const maxNamed = 3;

function toWhom(summary: Summary): string {
  const all = recipientsIn(summary);
  const more = all.length - maxNamed;
  const named = all.slice(0, maxNamed).join(', ');
  return more > 0 ? `to ${named} and ${counted(more, 'other')}` : `to ${named}`;
}

const attempt = (summary: Summary): string => {
  const number = textIn(summary, 'attempt');
  return number === '' || number === '1' ? 'at the first attempt' : `at attempt ${number}`;
};

/** “to you@demo.test, mail.demo.test:25 said: 250 2.0.0 OK”. */
function report(summary: Summary): string {
  const [host, said] = [textIn(summary, 'host'), textIn(summary, 'response')];
  const words = host === '' ? said : `${host} said: ${said}`;
  return `${toWhom(summary)}${words === '' ? '' : `; ${words}`}`;
}

const nextOf = (summary: Summary): { readonly next?: string } => {
  const next = textIn(summary, 'nextAttemptAt');
  return next === '' ? {} : { next };
};
