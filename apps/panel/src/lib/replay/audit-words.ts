/** What verifying decisions found, in words. */
import { counted } from '#lib/format.ts';
import { plain } from '#lib/hostile.ts';
import type { Note, Problem, Verified } from './audit.svelte.ts';

type Result = keyof Verified['counts'];

export interface Kind {
  readonly result: Result;
  readonly text: string;
  readonly about: string;
  readonly tone: 'good' | 'neutral' | 'bad';
}

/** Those that are as they should be come first. */
export const kinds: readonly Kind[] = [
  {
    result: 'same',
    text: 'The same',
    about: 'Judged again, the same verdict for the same reasons.',
    tone: 'good',
  },
  {
    result: 'engine',
    text: 'Another version',
    about: 'Decided by an older or newer version of Sluice, which comes to something else today.',
    tone: 'neutral',
  },
  {
    result: 'erased',
    text: 'Erased',
    about: 'The key to the personal part was destroyed; the seal around it is whole.',
    tone: 'neutral',
  },
  {
    result: 'differs',
    text: 'Another verdict',
    about: 'The same version comes to another verdict now: this must not be.',
    tone: 'bad',
  },
  {
    result: 'altered',
    text: 'Altered',
    about: 'It is not what was sealed: somebody has changed it.',
    tone: 'bad',
  },
  {
    result: 'unjudged',
    text: 'Settings unreadable',
    about: 'The settings of its time cannot be read.',
    tone: 'bad',
  },
];

/** How many things are not as they should be. */
export const wrongIn = ({ counts, problemCount }: Verified): number =>
  counts.differs + counts.altered + counts.unjudged + problemCount;

export function headline(found: Verified): string {
  const { decisions, counts } = found;
  if (decisions === 0) return 'There is no decision in this time.';
  const wrong = wrongIn(found);
  if (wrong > 0)
    return `${counted(wrong, 'thing')} ${wrong === 1 ? 'is' : 'are'} not as ${wrong === 1 ? 'it' : 'they'} should be.`;
  const all = `${counted(decisions, 'decision')} and the chains between them are whole`;
  return counts.same === decisions ? `${all}, and all verdicts come out the same.` : `${all}.`;
}

export function problemWords(problem: Problem): string {
  switch (problem.code) {
    case 'missing': {
      const { edge, from, to } = problem;
      const which = from === to ? `decision ${from} is` : `decisions ${from} to ${to} are`;
      return `${plain(edge)}: ${which} missing, or not in place.`;
    }
    case 'out-of-place':
      return `${plain(problem.edge)}: decision ${problem.counter} is there twice, or stands too late.`;
    case 'altered':
      return `${plain(problem.edge)}: decision ${problem.counter} is not what it was.`;
    case 'unlinked':
      return `Decision ${problem.eventId} belongs to no chain.`;
    default:
      return problem satisfies never;
  }
}

const verdicts = { accept: 'accepted', tag: 'marked', hold: 'held', reject: 'refused', defer: 'put off' };

export function noteWords({ result, difference }: Note): string {
  if (difference === undefined) {
    return result === 'altered' ? 'Its sealed part does not open.' : 'Its settings cannot be read.';
  }
  const { recorded, again, findings, engines } = difference;
  const by =
    result === 'engine' && engines[0] !== engines[1] ? `, by version ${engines[0]} of the judge` : '';
  const same = recorded.verdict === again.verdict && recorded.reason === again.reason;
  const now = same
    ? 'now with other findings'
    : `now it would be ${verdicts[again.verdict]} (${plain(again.reason)})`;
  const was = `Was ${verdicts[recorded.verdict]} (${plain(recorded.reason)})${by}; ${now}.`;
  const changed = findings.map(({ check, failedThen, sentence }) =>
    failedThen ? `${check} failed then; now: ${plain(sentence)}` : `${check} fails now: ${plain(sentence)}`,
  );
  return [was, ...changed].join(' ');
}
