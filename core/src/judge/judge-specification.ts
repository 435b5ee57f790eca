/** For tests of the judge: checks whose fact says what they conclude, and policies in a line. */
import { z } from 'zod';
import {
  defineCheck,
  observed,
  type AnyCheck,
  type Check,
  type Conclusion,
  type Gathered,
} from '../checks/check.ts';
import type { CheckPolicy, ListEntry, Policy, Thresholds } from '../policy/policy.ts';
import type { MailFacts } from './judge.ts';

let count = 900;

/** A check that concludes what its fact is. */
export const echo = (
  name: string,
  some: Partial<Pick<Check, 'standing' | 'phase' | 'gather'>> = {},
): AnyCheck =>
  defineCheck({
    number: (count += 1),
    name,
    phase: 'data',
    standing: 'ordinary',
    title: name,
    help: name,
    modes: ['off', 'observe', 'score', 'reject', 'defer'],
    settings: z.object({ level: z.number().default(1) }),
    presets: { relaxed: { mode: 'off' }, balanced: { mode: 'off' }, strict: { mode: 'off' } },
    reasons: {},
    gather: async () => observed<Conclusion>({ result: 'none', sentence: '' }),
    judge: (fact: Conclusion) => fact,
    ...some,
  });

export const failing = (some: Partial<Conclusion> = {}): Gathered<Conclusion> =>
  observed({ result: 'fail', reason: 'test-failed', sentence: 'It failed.', ...some });

export const passing: Gathered<Conclusion> = observed({ result: 'pass', sentence: 'It passed.' });

/** A list check that found an entry. */
export const listing = (
  scope: 'mailbox' | 'domain' | 'service',
  action: 'allow' | 'block',
): Gathered<Conclusion> =>
  observed({
    result: action === 'allow' ? 'pass' : 'fail',
    ...(action === 'allow' ? {} : { reason: 'sender-listed' }),
    sentence: `On the ${scope}'s ${action} list.`,
    list: { scope, action, pattern: 'x.example' },
  });

export const checkPolicy = (some: Partial<CheckPolicy> = {}): CheckPolicy => ({
  mode: 'reject',
  weight: 3,
  onError: 'ignore',
  exempt: [],
  settings: {},
  ...some,
});

export const thresholds: Thresholds = { tag: 4, hold: 7, reject: 10 };

export const policyOf = (
  checks: Readonly<Record<string, Partial<CheckPolicy>>>,
  some: Partial<Policy> = {},
): Policy => ({
  revision: 1,
  checks: Object.fromEntries(Object.entries(checks).map(([name, one]) => [name, checkPolicy(one)])),
  thresholds,
  lists: [],
  serviceLists: [],
  ...some,
});

export const listEntry = (
  action: 'allow' | 'block',
  pattern: string,
  some: Partial<ListEntry> = {},
): ListEntry => ({
  action,
  pattern,
  authenticated: false,
  ...some,
});

export const mailWith = (
  facts: Readonly<Record<string, Gathered<unknown>>>,
  some: Partial<MailFacts> = {},
): MailFacts => ({
  envelope: {
    ip: '192.0.2.10',
    helo: 'mx.sender.example',
    sender: 'alice@sender.example',
    recipients: ['bob@here.example'],
  },
  receivedAt: '2026-11-22T12:00:00.000Z',
  ran: Object.keys(facts),
  facts,
  ...some,
});
