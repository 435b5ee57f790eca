/** Check 34: the size of a mail, as the client declares it before it sends, else as it came (RFC 1870). */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';

interface SizeFact {
  readonly bytes: number;
}

const mebibyte = 1_048_576;

export const size = defineCheck({
  number: 34,
  name: 'size',
  phase: 'rcpt',
  standing: 'safety',
  immediate: true,
  title: 'Size',
  help: 'Refuses mail that is larger than your mail server takes, without keeping a copy: at once where the sender declares the size, else when the mail has come.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({
    maxBytes: z
      .number()
      .int()
      .min(1_024)
      .max(1024 * mebibyte)
      .default(50 * mebibyte)
      .describe('Largest mail in bytes; the operator may allow less'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'size-exceeded': {
      title: 'Larger than the domain takes',
      code: 552,
      enhanced: '5.3.4',
      text: 'The message is larger than this domain takes',
    },
  },
  // Judged again after any change of the limit, so the size is a fact, though the event has it too.
  async gather(input) {
    const bytes = input.observed.size?.();
    return bytes === undefined ? { status: 'nothing' } : observed({ bytes });
  },
  judge({ bytes }: SizeFact, { maxBytes }) {
    return bytes > maxBytes
      ? {
          result: 'fail',
          reason: 'size-exceeded',
          sentence: `The mail has ${bytes} bytes, more than the ${maxBytes} that are allowed.`,
        }
      : { result: 'pass', sentence: `The mail has ${bytes} bytes; ${maxBytes} are allowed.` };
  },
});
