/** Check 27: the customer's own rules about the subject and other header fields, which refuse mail or keep it from being refused. */
import { z } from 'zod';
import type { HeaderField } from '../ports/message-inspector.ts';
import { defineCheck, observed } from './check.ts';
import { linearPattern } from './linear-pattern.ts';

interface HeaderPatternFact {
  /** The fields that rules name, lower case, with their decoded values. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const maxValues = 5;
const maxLength = 500;

const fieldName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[!-9;-~]{1,70}$/, { message: 'Write the name of a header field, such as Subject.' });

const rule = z
  .object({
    field: fieldName.default('subject').describe('Header field that is looked at'),
    pattern: z
      .string()
      .trim()
      .min(1)
      .max(300)
      .describe('*word* finds a word anywhere; * is any run of characters'),
    syntax: z
      .enum(['wildcard', 'regex'])
      .default('wildcard')
      .describe(
        'wildcard: the whole field, * for any run of characters; regex: an RE2 expression found anywhere',
      ),
    action: z.enum(['block', 'keep']).default('block').describe('block: refuse; keep: never refuse'),
  })
  .refine(({ pattern, syntax }) => linearPattern(pattern, syntax) !== undefined, {
    path: ['pattern'],
    message: 'Write an expression that RE2 understands: no look-around, no back-references.',
  });

type Rule = z.output<typeof rule>;

export const headerPattern = defineCheck({
  number: 27,
  name: 'header-pattern',
  phase: 'data',
  standing: 'list',
  title: 'Your own header rules',
  help: 'Refuses mail by words in its subject or another header field, or keeps it from being refused: “never refuse *order 4711*”. A rule that keeps stands above rules that block, like an entry of the allow list.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({
    rules: z.array(rule).max(200).default([]).describe('Rules; those that keep come first'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'header-blocked': {
      title: 'By your own header rule',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the recipient does not take messages like this one',
    },
  },
  async gather({ observed: mail }, { rules }) {
    if (rules.length === 0) return { status: 'nothing' };
    const { headers } = await mail.message();
    const wanted = [...new Set(rules.map(({ field }) => field))];
    const fields = wanted.flatMap((name): [string, readonly string[]][] => {
      const values = valuesOf(headers, name);
      return values.length === 0 ? [] : [[name, values]];
    });
    return observed({ fields: Object.fromEntries(fields) });
  },
  judge(fact: HeaderPatternFact, { rules }) {
    const hit = firstHit(fact, rules, 'keep') ?? firstHit(fact, rules, 'block');
    if (hit === undefined) return { result: 'none', sentence: 'None of your header rules matches.' };
    const { field, pattern, action } = hit.rule;
    const list = { action: action === 'keep' ? 'allow' : 'block', scope: 'domain', pattern } as const;
    const seen = `${spelled(field)}, “${hit.value.slice(0, 100)}”, matches your rule “${pattern}”`;
    return action === 'keep'
      ? { result: 'pass', sentence: `${seen}, which keeps mail from being refused.`, list }
      : { result: 'fail', reason: 'header-blocked', sentence: `${seen}.`, list };
  },
});

/** Field names are compared as mail programs do, who do not mind white space before the colon. */
const valuesOf = (headers: readonly HeaderField[], name: string): readonly string[] =>
  headers
    .filter((field) => field.name.trim().toLowerCase() === name)
    .slice(0, maxValues)
    .map(({ value, decoded }) => (decoded ?? value).slice(0, maxLength));

function firstHit(
  { fields }: HeaderPatternFact,
  rules: readonly Rule[],
  action: Rule['action'],
): { readonly rule: Rule; readonly value: string } | undefined {
  for (const one of rules) {
    if (one.action !== action) continue;
    const pattern = linearPattern(one.pattern, one.syntax);
    const value = fields[one.field]?.find((text) => pattern?.matches(text.trim()) === true);
    if (value !== undefined) return { rule: one, value };
  }
  return undefined;
}

const spelled = (field: string): string => `The ${field} header`;
