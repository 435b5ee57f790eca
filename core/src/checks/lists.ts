/** How list entries are matched and which one wins: shared by the checks `ip-list` and `sender-list`. */
import type { ListMatch } from '../judge/verdict.ts';
import { parsePattern, type Pattern } from '../policy/pattern.ts';
import type { ListEntry } from '../policy/policy.ts';
import type { JudgeView } from './check.ts';

const parsed = new Map<string, Pattern | undefined>();
const maxParsed = 50_000;

/** The parsed form of a stored pattern, remembered: lists are matched for every mail. */
export function patternOf(text: string): Pattern | undefined {
  if (parsed.has(text)) return parsed.get(text);
  const result = parsePattern(text);
  const pattern = result.ok ? result.value : undefined;
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(text, pattern);
  return pattern;
}

/**
 * The entry that decides: mailbox allow, mailbox block, domain allow, domain block, service allow, service block.
 * Undefined if none matches.
 */
export function firstMatch(
  view: JudgeView,
  matches: (pattern: Pattern, entry: ListEntry) => boolean,
): ListMatch | undefined {
  const isMatch = (entry: ListEntry): boolean => {
    if (isExpired(entry, view.receivedAt)) return false;
    const pattern = patternOf(entry.pattern);
    return pattern !== undefined && matches(pattern, entry);
  };
  for (const scope of ['mailbox', 'domain', 'service'] as const) {
    for (const action of ['allow', 'block'] as const) {
      const entry = view.lists[scope].find((one) => one.action === action && isMatch(one));
      if (entry === undefined) continue;
      const { pattern, note } = entry;
      return { action, scope, pattern, ...(note === undefined || note === '' ? {} : { note }) };
    }
  }
  return undefined;
}

const isExpired = (entry: ListEntry, at: string): boolean =>
  entry.expires !== undefined && entry.expires <= at;

const scopeNames = { mailbox: "the mailbox's", domain: "the domain's", service: "the service's" };

/** “the domain's allow list (example.org)”; the note is for those who ask for the entry. */
export const describeMatch = ({ scope, action, pattern }: ListMatch): string =>
  `${scopeNames[scope]} ${action} list (${pattern})`;
