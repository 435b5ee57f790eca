/** Adding to and removing from the allow and block lists of a domain. */
import { ok, refuse } from '../kernel/result.ts';
import { parsePattern, patternText } from '../policy/pattern.ts';
import type { ListEntry } from '../policy/policy.ts';
import type { DomainDetails, ListKey } from './domain.ts';
import type { DomainDecided } from './refusal.ts';
import { isSameEntry } from './evolve.ts';

const maxEntries = 10_000;

export function addListEntry(entry: ListEntry, state: DomainDetails): DomainDecided {
  const parsed = parsePattern(entry.pattern);
  if (!parsed.ok) return parsed;
  const added = normalize(entry, patternText(parsed.value));
  if (added.mailbox?.endsWith(`@${state.name}`) === false) {
    return refuse('bad-pattern', `${added.mailbox} is no mailbox of ${state.name}.`);
  }
  const existing = state.lists.find((one) => isSameEntry(one, added));
  if (JSON.stringify(existing) === JSON.stringify(added)) return ok([]);
  if (existing === undefined && state.lists.length >= maxEntries) {
    return refuse('bad-pattern', `A domain has at most ${maxEntries} list entries; remove some first.`);
  }
  return ok([{ type: 'ListEntryAdded', data: { entry: added } }]);
}

export function removeListEntry(key: ListKey, state: DomainDetails): DomainDecided {
  const parsed = parsePattern(key.pattern);
  const wanted = normalize(key, parsed.ok ? patternText(parsed.value) : key.pattern);
  return state.lists.some((entry) => isSameEntry(entry, wanted))
    ? ok([{ type: 'ListEntryRemoved', data: { entry: wanted } }])
    : refuse('not-listed', `${wanted.pattern} is not on the ${key.action} list.`);
}

function normalize<TKey extends ListKey>(key: TKey, pattern: string): TKey {
  return key.mailbox === undefined
    ? { ...key, pattern }
    : { ...key, pattern, mailbox: key.mailbox.toLowerCase() };
}
