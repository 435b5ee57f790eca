/** Check 20: mailboxes that hear only servers that are named for them, such as those of machines. */
import { z } from 'zod';
import { matchesAddress, matchesIp } from '../policy/pattern.ts';
import { defineCheck, envelopeAlone } from './check.ts';
import { patternOf } from './lists.ts';
import { addressPattern, networkPattern } from './patterns.ts';

export const recipientSource = defineCheck({
  number: 20,
  name: 'recipient-source',
  phase: 'rcpt',
  standing: 'ordinary',
  byEnvelope: true,
  title: 'Servers of a mailbox',
  help: 'A mailbox that only certain servers have a reason to write to, such as one that a program reads, hears nobody else.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    mailboxes: z
      .array(
        z.object({
          address: addressPattern.describe('The mailbox; * stands for any run of characters'),
          servers: z
            .array(networkPattern)
            .min(1)
            .max(100)
            .describe('Addresses and networks of the servers that may write to it'),
        }),
      )
      .max(1000)
      .default([])
      .describe('Mailboxes, and the servers that may write to each; all others hear everybody'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'source-not-permitted': {
      title: 'Server may not write to the mailbox',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: this mailbox takes mail from certain servers only',
    },
  },
  gather: envelopeAlone,
  judge(_fact: object, { mailboxes }, { envelope: { ip }, recipient }) {
    const entries = mailboxes.filter(({ address }) => {
      const pattern = patternOf(address);
      return pattern !== undefined && matchesAddress(pattern, recipient);
    });
    const [first] = entries;
    if (first === undefined) return { result: 'none', sentence: `${recipient} hears every server.` };
    const permitted = entries
      .flatMap(({ servers }) => servers)
      .find((text) => {
        const pattern = patternOf(text);
        return pattern !== undefined && matchesIp(pattern, ip);
      });
    return permitted === undefined
      ? {
          result: 'fail',
          reason: 'source-not-permitted',
          sentence: `${recipient} (${first.address}) does not hear ${ip}, which is not among its servers.`,
        }
      : { result: 'pass', sentence: `${recipient} hears ${ip} (${permitted}).` };
  },
});
