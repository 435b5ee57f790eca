/** What refused a mail, in a form that is counted by the day: per check, and per zone or result behind it. */
import type { MailJudgedData } from '../decision/mail-judged.ts';
import type { Policy } from '../policy/policy.ts';
import type { Precision } from '../replay/advice.ts';
import { type Cause, causesOf } from '../replay/flips.ts';
import { judgeAgain } from '../replay/judge-again.ts';

export interface RefusalCauses {
  readonly mailId: string;
  readonly accountId: string;
  readonly domainId: string;
  /** YYYY-MM-DD, UTC: when the mail came. */
  readonly day: string;
  /** As `causesText` spells them. */
  readonly causes: string;
}

export interface PrecisionCount extends Precision {
  readonly accountId: string;
  readonly domainId: string;
  readonly day: string;
}

/**
 * One line a cause: role, check, and what was behind it, between tabs. Empty where nothing is to learn: the mail was taken,
 * brought in from an archive, or is judged differently today. Only those for whom it was refused count, each cause once.
 */
export function causesText(data: MailJudgedData, policy: Policy, at: string): string {
  if (data.envelope.imported === true) return '';
  const judged = judgeAgain(data, policy, at);
  if (judged.verdict !== data.verdict || judged.reason !== data.reason) return '';
  const causes = judged.recipients
    .filter(({ verdict }) => verdict === 'reject' || verdict === 'hold')
    .flatMap(causesOf);
  // Decided before counted: where a check did both, for different recipients, it is said to have decided.
  const ordered = causes.toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
  const lines = new Map<string, string>();
  for (const cause of ordered) {
    for (const source of ['', ...cause.sources]) {
      const key = `${cause.check}\t${plain(source)}`;
      if (!lines.has(key)) lines.set(key, `${cause.role}\t${key}`);
    }
  }
  return [...lines.values()].join('\n');
}

const roles: readonly Cause['role'][] = ['decided', 'counted'];

const plain = (source: string): string => source.replaceAll(/[\t\n\0]/g, ' ').slice(0, 200);

/** What the causes of mails add to the counters; each counter once. */
export function precisionCounts(
  mails: readonly RefusalCauses[],
  what: 'refused' | 'released',
): readonly PrecisionCount[] {
  const sums = new Map<string, PrecisionCount>();
  for (const { domainId, accountId, day, causes } of mails) {
    for (const line of causes.split('\n')) {
      const [role = '', check = '', source = ''] = line.split('\t');
      if (check === '') continue;
      const key = [domainId, day, check, source].join('\n');
      const before = sums.get(key) ?? { ...none, domainId, accountId, day, check, source };
      sums.set(key, add(before, role === 'decided' ? 'decided' : 'counted', what));
    }
  }
  return [...sums.values()];
}

const none = { decided: 0, counted: 0, decidedReleased: 0, countedReleased: 0 };

function add(count: PrecisionCount, role: Cause['role'], what: 'refused' | 'released'): PrecisionCount {
  if (what === 'refused') return { ...count, [role]: count[role] + 1 };
  const member = role === 'decided' ? 'decidedReleased' : 'countedReleased';
  return { ...count, [member]: count[member] + 1 };
}
