/** Check 25: header fields that every mail has, those that it may have only once, and a date that can be true (RFC 5322 §3.6). */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';
import { readInstant, readMailDate } from './mail-date.ts';

/** Fields that may stand once at most (RFC 5322 §3.6, table). */
const singular = [
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'message-id',
  'in-reply-to',
  'references',
  'subject',
] as const;

const requirable = ['from', 'date', 'message-id', 'to', 'subject'] as const;

interface HeaderFact {
  /** How often each of the singular fields stands there; missing ones left out. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first Date field, as written. */
  readonly date?: string;
}

const hour = 3_600_000;
const day = 24 * hour;

export const headerRequired = defineCheck({
  number: 25,
  name: 'header-required',
  phase: 'data',
  standing: 'ordinary',
  title: 'Required headers',
  help: 'Every mail names its author and its date, and names them once. Hastily written mass mailers forget one of them, or lie about the date to stay on top of the mailbox.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    required: z
      .array(z.enum(requirable))
      .default(['from', 'date'])
      .describe('Fields that must be there (RFC 5322 demands From and Date)'),
    single: z.boolean().default(true).describe('Fields that may stand once must not stand twice'),
    maxAgeDays: z
      .number()
      .int()
      .min(0)
      .max(36_500)
      .default(0)
      .describe('How many days old the Date may be; 0: as old as it likes'),
    maxAheadHours: z
      .number()
      .int()
      .min(0)
      .max(87_600)
      .default(48)
      .describe('How many hours ahead of now the Date may be; 0: as far as it likes'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 1, settings: { maxAheadHours: 168 } },
    balanced: { mode: 'score', weight: 2, settings: { maxAgeDays: 365, maxAheadHours: 48 } },
    strict: { mode: 'score', weight: 3, settings: { maxAgeDays: 60, maxAheadHours: 24 } },
  },
  reasons: {
    'header-missing': {
      title: 'Required header missing',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: a header field that every message must have is missing (RFC 5322)',
    },
    'header-repeated': {
      title: 'Header repeated',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: a header field that may stand once is repeated (RFC 5322)',
    },
    'date-implausible': {
      title: 'Date cannot be true',
      code: 550,
      enhanced: '5.6.0',
      text: 'Refused: the date of the message cannot be true',
    },
  },
  async gather({ observed: mail }) {
    const { headers } = await mail.message();
    const counts: Record<string, number> = {};
    for (const { name } of headers) {
      const field = singular.find((one) => one === name.toLowerCase());
      if (field !== undefined) counts[field] = (counts[field] ?? 0) + 1;
    }
    const date = headers.find(({ name }) => name.toLowerCase() === 'date')?.value;
    return observed(date === undefined ? { counts } : { counts, date: date.slice(0, 200) });
  },
  judge(fact: HeaderFact, settings, view) {
    const missing = settings.required.filter((name) => (fact.counts[name] ?? 0) === 0);
    if (missing.length > 0) {
      return {
        result: 'fail',
        reason: 'header-missing',
        sentence: `The mail has no ${missing.map(spelled).join(' and no ')} header.`,
      };
    }
    const repeated = singular.filter((name) => (fact.counts[name] ?? 0) > 1);
    if (settings.single && repeated.length > 0) {
      const words = repeated.map((name) => `${spelled(name)} (${fact.counts[name]} times)`);
      return {
        result: 'fail',
        reason: 'header-repeated',
        sentence: `The mail has headers more than once that may stand once: ${words.join(', ')}.`,
      };
    }
    const wrong =
      fact.date === undefined ? undefined : faultOfDate(fact.date, readInstant(view.receivedAt), settings);
    return wrong === undefined
      ? { result: 'pass', sentence: 'The required headers are there, and the date can be true.' }
      : {
          result: 'fail',
          reason: 'date-implausible',
          sentence: `The date of the mail, “${fact.date}”, ${wrong}.`,
        };
  },
});

function faultOfDate(
  date: string,
  receivedAt: number,
  { maxAgeDays, maxAheadHours }: { readonly maxAgeDays: number; readonly maxAheadHours: number },
): string | undefined {
  if (maxAgeDays === 0 && maxAheadHours === 0) return undefined;
  const at = readMailDate(date);
  if (at === undefined) return 'cannot be read';
  const ahead = at - receivedAt;
  if (maxAheadHours > 0 && ahead > maxAheadHours * hour) {
    return `is ${Math.round(ahead / hour)} hours ahead of the time it came (more than ${maxAheadHours})`;
  }
  if (maxAgeDays > 0 && -ahead > maxAgeDays * day) {
    return `is ${Math.round(-ahead / day)} days before the day it came (more than ${maxAgeDays})`;
  }
  return undefined;
}

/** `message-id` → `Message-ID`, as people know it. */
const spelled = (name: string): string =>
  name === 'message-id'
    ? 'Message-ID'
    : name
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('-');
