/** What may be put on the operator's lists and taken off them. */
import { describe, expect, it } from 'vitest';
import type { ListEntry } from '../policy/policy.ts';
import { type ServiceListCommand, serviceListsDecider } from './service-lists.ts';

const metadata = {
  id: 'c1',
  now: '2026-11-22T12:00:00.000Z',
  actor: { kind: 'operator', id: 'operator' },
  correlationId: 'c1',
} as const;

const entry = (pattern: string, action: ListEntry['action'] = 'block') => ({
  action,
  pattern,
  authenticated: false,
});
const add = (one: ListEntry): ServiceListCommand => ({ type: 'AddServiceListEntry', data: one, metadata });
const remove = (pattern: string, action: ListEntry['action'] = 'block'): ServiceListCommand => ({
  type: 'RemoveServiceListEntry',
  data: { action, pattern },
  metadata,
});
const decide = (command: ServiceListCommand, lists: readonly ListEntry[] = []) =>
  serviceListsDecider.decide(command, lists);

/** The lists after commands that are all taken. */
function after(...commands: readonly ServiceListCommand[]): readonly ListEntry[] {
  let lists: readonly ListEntry[] = [];
  for (const command of commands) {
    const decided = decide(command, lists);
    if (!decided.ok) throw new Error(decided.error.message);
    for (const event of decided.value) lists = serviceListsDecider.evolve(lists, event);
  }
  return lists;
}

describe('the lists of the service', () => {
  it('take an entry in the spelling of all patterns, and the same again changes nothing', () => {
    const lists = after(add(entry('*.Offers.Example')), add(entry('*.offers.example')));
    expect(lists).toEqual([entry('*.offers.example')]);
    expect(decide(add(entry('*.offers.example')), lists)).toEqual({ ok: true, value: [] });
  });

  it('keep one entry a pattern and list, with its newest note', () => {
    const noted = { ...entry('a.example'), note: 'why' };
    expect(after(add(entry('a.example')), add(noted), add(entry('a.example', 'allow')))).toEqual([
      noted,
      entry('a.example', 'allow'),
    ]);
  });

  it('let go of an entry, and refuse what is not on them or is no pattern', () => {
    expect(after(add(entry('A.example')), remove('a.EXAMPLE'))).toEqual([]);
    expect(decide(remove('a.example', 'allow'), [entry('a.example')])).toMatchObject({
      error: { code: 'not-listed', message: 'a.example is not on the allow list of the service.' },
    });
    expect(decide(add(entry('no pattern')))).toMatchObject({ error: { code: 'bad-pattern' } });
  });
});
