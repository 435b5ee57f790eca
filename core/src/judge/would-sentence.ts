/** A change that would have given another verdict, in plain words. */
import { checkTitle } from '../checks/registry.ts';
import { thresholdsFor, type Policy, type Thresholds } from '../policy/policy.ts';
import type { Finding, ListMatch, RecipientJudgement, Verdict } from './verdict.ts';
import type { Change } from './change.ts';

export interface Flip {
  readonly change: Change;
  readonly before: RecipientJudgement;
  readonly after: RecipientJudgement;
  /** That judged `before`. */
  readonly policy: Policy;
  /** Some checks that are on were not made, because nothing they could have found counted then. */
  readonly isPartial: boolean;
}

export function wouldSentence(flip: Flip): string {
  const { change, before, after, policy, isPartial } = flip;
  switch (change.kind) {
    case 'without-check':
      return withoutCheck(change.check, flip);
    case 'counting':
      return `“${checkTitle(change.check)}” is only watched here; if its points counted, ${would(after)}.`;
    case 'without-entry': {
      const limit = isPartial ? ', as far as was looked at' : '';
      return `Without the entry ${change.entry.pattern} on ${listName(change.entry)} ${would(after)}${limit}.`;
    }
    case 'allow': {
      const list = change.scope === 'mailbox' ? " on the mailbox's own list" : '';
      const mark = before.verdict === 'tag' ? ' without a mark' : '';
      return `An allow entry for ${change.pattern}${list} would have let it in${mark}.`;
    }
    case 'domain-thresholds': {
      const { tag, hold, reject } = policy.thresholds;
      return `By the thresholds of the domain (${tag}, ${hold}, ${reject}) instead of the mailbox's own ${would(after)}.`;
    }
    default:
      return change satisfies never;
  }
}

function withoutCheck(check: string, { before, after, policy }: Flip): string {
  const finding = before.findings.find((one) => one.check === check);
  const crossed = crossedLevel(thresholdsFor(policy, before.recipient), before, after);
  if (finding === undefined || finding.score === 0 || crossed === undefined) {
    return `Had “${checkTitle(check)}” found nothing, ${would(after)}.`;
  }
  const sum = `Without “${checkTitle(check)}” (${pointsOf(finding.score)}) the sum would be ${after.score}`;
  return `${sum}, ${crossed}: ${would(after)}.`;
}

/**
 * “below 7 from which mail is held”, or “at or above” it. Undefined where the sum did not decide, or made no difference: of
 * several recipients one can have another verdict because of the others.
 */
function crossedLevel(
  limits: Thresholds,
  before: RecipientJudgement,
  after: RecipientJudgement,
): string | undefined {
  if (decisiveOf(before) !== undefined || decisiveOf(after) !== undefined) return undefined;
  const [was, is] = [levelOf(limits, before.score), levelOf(limits, after.score)];
  const isLess = after.score < before.score;
  const level = isLess ? was : is;
  return was === is || level === undefined
    ? undefined
    : `${isLess ? 'below' : 'at or above'} ${limits[level]} from which mail is ${levelWords[level]}`;
}

const levelWords = { reject: 'refused', hold: 'held', tag: 'marked' } as const;

const levelOf = (limits: Thresholds, score: number): keyof Thresholds | undefined =>
  (['reject', 'hold', 'tag'] as const).find((level) => score >= limits[level]);

const words: Readonly<Record<Verdict, string>> = {
  accept: 'accepted',
  tag: 'accepted and marked',
  hold: 'held in the quarantine',
  reject: 'refused',
  defer: 'put off',
};

/** “it would have been refused: SPF …”; the reason only where something decided by itself. */
function would(after: RecipientJudgement): string {
  const verdict = after.reason === 'imported' ? (after.otherwise ?? after.verdict) : after.verdict;
  const by = verdict === 'accept' ? undefined : decisiveOf(after);
  const why = by === undefined ? '' : ` (${by.sentence.replace(/\.$/, '')})`;
  return `it would have been ${words[verdict]}${why}`;
}

const decisiveOf = ({ findings }: RecipientJudgement): Finding | undefined =>
  findings.find(({ decisive }) => decisive === true);

const pointsOf = (points: number): string => (points === 1 ? '1 point' : `${points} points`);

const scopes = { mailbox: "the mailbox's", domain: "the domain's", service: "the service's" };

/** “the domain's block list”. */
export const listName = ({ scope, action }: Pick<ListMatch, 'scope' | 'action'>): string =>
  `${scopes[scope]} ${action} list`;
