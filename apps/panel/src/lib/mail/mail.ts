/** One mail as its page shows it: what the checks found, in the order in which it matters. */
import type { Outputs } from '../outputs.ts';

export type Mail = Outputs['mails']['show'];
export type Recipient = Mail['recipients'][number];
export type Finding = Recipient['findings'][number];
export type Content = Outputs['mails']['content'];
export type Part = Content['parts'][number];
export type Settings = Outputs['domains']['show'];
export type Verdict = Mail['verdict'];

/** What the load of the page depends on, so that it can be asked for again. */
export const mailKey = (id: string): `mail:${string}` => `mail:${id}`;

export interface Groups {
  /** Findings that decided, or added points. */
  readonly against: readonly Finding[];
  /** Findings that let the mail through, whatever else was found. */
  readonly allowing: readonly Finding[];
  /** Failures that count for nothing, because the check only watches. */
  readonly watched: readonly Finding[];
  readonly passed: readonly Finding[];
  readonly notMade: readonly Finding[];
}

type Place = keyof Groups;

const notMade = ['error', 'not-configured', 'skipped'];

function placeOf({ result, mode, score, decisive = false, list }: Finding): Place {
  if (decisive) return list?.action === 'allow' ? 'allowing' : 'against';
  if (score > 0) return 'against';
  if (result === 'fail') return mode === 'observe' ? 'watched' : 'against';
  return notMade.includes(result) ? 'notMade' : 'passed';
}

/** Each finding in one group; those that weigh most come first. */
export function groupsOf(findings: readonly Finding[]): Groups {
  const inGroup = (place: Place): readonly Finding[] => findings.filter((one) => placeOf(one) === place);
  return {
    against: inGroup('against').toSorted((one, other) => weightOf(other) - weightOf(one)),
    allowing: inGroup('allowing'),
    watched: inGroup('watched'),
    passed: inGroup('passed'),
    notMade: inGroup('notMade'),
  };
}

const weightOf = ({ decisive = false, score }: Finding): number =>
  decisive ? Number.POSITIVE_INFINITY : score;

/** Recipients for whom everything came to the same. */
export interface Outcome {
  readonly recipients: readonly string[];
  readonly judgement: Recipient;
}

/** One for all recipients, or several where their own lists and settings made a difference. */
export function outcomesOf(recipients: readonly Recipient[]): readonly Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const judgement of recipients) {
    const { recipient, ...rest } = judgement;
    const key = JSON.stringify(rest);
    const known = outcomes.get(key);
    outcomes.set(key, {
      recipients: [...(known?.recipients ?? []), recipient],
      judgement: known?.judgement ?? judgement,
    });
  }
  return [...outcomes.values()];
}

export interface Result {
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'warn' | 'neutral';
}

const results: Readonly<Record<Finding['result'], Result>> = {
  pass: { text: 'Passed', tone: 'good' },
  fail: { text: 'Failed', tone: 'bad' },
  none: { text: 'Nothing found', tone: 'neutral' },
  exempt: { text: 'Exempt', tone: 'neutral' },
  error: { text: 'Error', tone: 'warn' },
  'not-configured': { text: 'Not set up', tone: 'neutral' },
  skipped: { text: 'Skipped', tone: 'neutral' },
};

/** A failure that counts for nothing is no alarm. */
export function resultOf({ result, mode, list }: Finding): Result {
  if (list?.action === 'allow') return { text: 'Allowed', tone: 'good' };
  if (result === 'fail' && mode === 'observe') return { text: 'Failed', tone: 'neutral' };
  return results[result];
}

export const modeWords: Readonly<Record<'off' | Finding['mode'], string>> = {
  off: 'off',
  observe: 'only watches',
  score: 'adds points',
  reject: 'refuses',
  defer: 'puts off',
};

/** What the sender heard, in a sentence around the reply; the reply itself stands beside it. */
export function toldSentence({ envelope, verdict }: Pick<Mail, 'envelope' | 'verdict'>): string {
  if (envelope.imported === true) {
    return 'Nothing: this mail was brought in from an archive, long after its sender had their answer.';
  }
  return told[verdict];
}

const told: Readonly<Record<Verdict, string>> = {
  accept: 'That the mail was accepted.',
  tag: 'That the mail was accepted; nobody told them of the mark.',
  hold: 'That the mail was accepted. They do not know that it is held here.',
  reject: 'That the mail was refused; a proper mail server passes this on to whoever wrote it.',
  defer: 'To come again later; their server does so by itself.',
};

/** Recipients whom the decision, or a bounce, keeps the mail from. */
export function releasableTo({
  recipients,
  deliveries,
}: Pick<Mail, 'recipients' | 'deliveries'>): readonly string[] {
  const kept = recipients.filter(({ verdict }) => verdict === 'reject' || verdict === 'hold');
  const bounced = deliveries.filter(({ status }) => status === 'bounced');
  return [...new Set([...kept, ...bounced].map(({ recipient }) => recipient))];
}
