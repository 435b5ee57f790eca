/** What replay cannot know of a mail: checks that had not run, and questions that had not been asked. */
import type { AnyCheck, Gathered } from '../checks/check.ts';
import { allChecks, checkNamed } from '../checks/registry.ts';
import { settingsOf } from '../judge/judge.ts';
import type { Judgement } from '../judge/verdict.ts';
import type { Policy } from '../policy/policy.ts';

export interface Missing {
  readonly check: string;
  /** The zone that was not asked; undefined: the check had not run at all. */
  readonly question?: string;
}

interface Observed {
  readonly ran: ReadonlySet<string>;
  readonly facts: Readonly<Record<string, Gathered<unknown>>>;
}

/** Checks that the policy would count and of which these facts know nothing. Empty where the lists have the last word. */
export function missingFor(mail: Observed, policy: Policy, judgement: Judgement): readonly Missing[] {
  const byLists = judgement.recipients.every(({ findings }) =>
    findings.some(({ decisive, list }) => decisive === true && list !== undefined),
  );
  if (byLists && judgement.recipients.length > 0) return [];
  return allChecks.flatMap((check) => missingOf(check, mail, policy));
}

function missingOf(check: AnyCheck, { ran, facts }: Observed, policy: Policy): readonly Missing[] {
  const checkPolicy = policy.checks[check.name];
  if (checkPolicy === undefined || checkPolicy.mode === 'off' || checkPolicy.mode === 'observe') return [];
  if (!ran.has(check.name)) return [{ check: check.name }];
  const fact = facts[check.name];
  if (check.unasked === undefined || fact?.status !== 'observed') return [];
  const settings = settingsOf(check, checkPolicy);
  if (settings === undefined) return [];
  return unasked(check, fact.fact, settings.value).map((question) => ({ check: check.name, question }));
}

/** A fact of another version may be of another shape: then nothing is known of its questions. */
function unasked(check: AnyCheck, fact: unknown, settings: unknown): readonly string[] {
  try {
    return check.unasked?.(fact, settings) ?? [];
  } catch {
    return [];
  }
}

/** “dnsbl” or “dnsbl (zen.example)”. */
export const missingText = ({ check, question }: Missing): string =>
  question === undefined ? check : `${check} (${question})`;

export interface MissingCount extends Missing {
  readonly title: string;
  /** Mails of which it is not known what this check would have said. */
  readonly mails: number;
  /** Of those, mails that flip. */
  readonly flips: number;
}

/** The most frequent first. */
export const missingInOrder = (counts: Iterable<MissingCount>): readonly MissingCount[] =>
  [...counts].toSorted((a, b) => b.mails - a.mails || missingText(a).localeCompare(missingText(b)));

interface MissingCounts {
  add(missing: readonly Missing[], isFlip: boolean): void;
  /** The most frequent first. */
  report(): readonly MissingCount[];
}

export function createMissingCounts(): MissingCounts {
  const counted = new Map<string, { readonly missing: Missing; mails: number; flips: number }>();
  return {
    add(missing, isFlip) {
      for (const one of missing) {
        const key = missingText(one);
        const count = counted.get(key) ?? { missing: one, mails: 0, flips: 0 };
        count.mails += 1;
        if (isFlip) count.flips += 1;
        counted.set(key, count);
      }
    },
    report: () =>
      missingInOrder(
        counted.values().map(({ missing, mails, flips }) => {
          const title = checkNamed(missing.check)?.title ?? missing.check;
          return { ...missing, title, mails, flips };
        }),
      ),
  };
}
