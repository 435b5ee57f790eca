/** Check 19: whether the recipient exists, by the domain's own lists of addresses. */
import { z } from 'zod';
import { matchesAddress } from '../policy/pattern.ts';
import { defineCheck, observed } from './check.ts';
import { patternOf } from './lists.ts';
import { addressPattern } from './patterns.ts';

const addresses = z.array(addressPattern).max(20_000).default([]);

export const recipientValid = defineCheck({
  number: 19,
  name: 'recipient-valid',
  phase: 'rcpt',
  standing: 'ordinary',
  title: 'Recipient exists',
  help: 'Refuses mail for addresses that do not exist, at once and without keeping a copy. Without a list of valid addresses every recipient is taken.',
  modes: ['off', 'observe', 'reject'],
  immediate: true,
  settings: z.object({
    valid: addresses.describe('Addresses that exist; none: every recipient is taken'),
    invalid: addresses.describe('Addresses that are refused, even if the list above has them'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'recipient-unknown': {
      title: 'No such mailbox',
      code: 550,
      enhanced: '5.1.1',
      text: 'No such mailbox here',
    },
  },
  // Lists are matched when judging; nothing outside is asked yet.
  gather: async () => observed({}),
  judge(_fact: object, settings, view) {
    const entryFor = (list: readonly string[]) =>
      list.find((text) => {
        const pattern = patternOf(text);
        return pattern !== undefined && matchesAddress(pattern, view.recipient);
      });
    const invalid = entryFor(settings.invalid);
    if (invalid !== undefined) {
      return {
        result: 'fail',
        reason: 'recipient-unknown',
        sentence: `${view.recipient} is on the list of invalid addresses (${invalid}).`,
      };
    }
    if (settings.valid.length === 0) {
      return {
        result: 'none',
        sentence: 'There is no list of valid addresses, so every recipient is taken.',
      };
    }
    const valid = entryFor(settings.valid);
    if (valid !== undefined) {
      return { result: 'pass', sentence: `${view.recipient} is on the list of valid addresses (${valid}).` };
    }
    if (view.recipient.startsWith('postmaster@')) {
      return {
        result: 'pass',
        sentence: `${view.recipient} is always taken (RFC 5321 §4.5.1).`,
      };
    }
    return {
      result: 'fail',
      reason: 'recipient-unknown',
      sentence: `${view.recipient} is not on the list of valid addresses.`,
    };
  },
});
