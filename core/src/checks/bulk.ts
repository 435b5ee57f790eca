/** Check 29: newsletters, mailing lists, notices to their moderators and automatic answers, told by their header (RFC 2369, RFC 2919, RFC 3834, RFC 8058). */
import { z } from 'zod';
import type { HeaderView } from '../message/header-view.ts';
import { defineCheck, observed } from './check.ts';

/** The line by which anybody may try whether a filter is at work (spamassassin.apache.org/gtube). */
const testLine = ['XJS*C4JDBQADN1.NSBN3*2IDNEN', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('*');

const kinds = ['newsletter', 'list', 'moderation', 'automatic'] as const;
type BulkKind = (typeof kinds)[number];

interface BulkFact {
  readonly kind: BulkKind | 'test';
  /** Between the angle brackets of List-Id, lower case; left out if there is none. */
  readonly listId?: string;
  /** How one may leave it; left out if in no way. */
  readonly unsubscribe?: 'link' | 'one-click';
  /** Field that told the kind. */
  readonly by: string;
}

const listIdentifier = z.string().trim().toLowerCase().min(1).max(255);

export const bulk = defineCheck({
  number: 29,
  name: 'bulk',
  phase: 'data',
  standing: 'ordinary',
  readsContent: true,
  title: 'Newsletters and lists',
  help: 'Tells newsletters, mailing lists, requests to list moderators and automatic answers by their header. Most are wanted: choose those that are not.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    unwanted: z
      .array(z.enum(kinds))
      .default([])
      .describe(
        'Kinds that count as failed: newsletter, list, moderation (requests to list moderators), automatic',
      ),
    requireUnsubscribe: z
      .boolean()
      .default(false)
      .describe('Newsletters that one cannot leave count as failed'),
    testLine: z
      .boolean()
      .default(true)
      .describe(
        'Refuse the standard test line of spam filters (GTUBE), so that anybody can try whether mail is filtered',
      ),
    wantedLists: z
      .array(listIdentifier)
      .max(1000)
      .default([])
      .describe('Lists that are always fine, by their List-Id, such as users.lists.example.org'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 1 },
    balanced: { mode: 'score', weight: 1, settings: { requireUnsubscribe: true } },
    strict: { mode: 'score', weight: 2, settings: { requireUnsubscribe: true } },
  },
  reasons: {
    'bulk-unwanted': {
      title: 'Newsletter or list that is not wanted',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the recipient does not take bulk mail of this kind',
    },
    'test-line': {
      title: 'Test mail for spam filters',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the message holds the test line of spam filters (GTUBE)',
    },
    'bulk-unleavable': {
      title: 'Newsletter that one cannot leave',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: bulk mail must say how to unsubscribe (RFC 2369, RFC 8058)',
    },
  },
  async gather({ observed: mail }) {
    if ((await mail.message()).text.includes(testLine)) return observed({ kind: 'test', by: 'its text' });
    const fact = readBulk(mail.header());
    return fact === undefined ? { status: 'nothing' } : observed(fact);
  },
  judge({ kind, listId, unsubscribe, by }: BulkFact, settings) {
    if (kind === 'test') return judgeTest(settings.testLine);
    const name = listId === undefined ? '' : ` “${listId}”`;
    const what = `The mail is ${words[kind]}${name}, says ${by}`;
    if (listId !== undefined && settings.wantedLists.includes(listId)) {
      return { result: 'pass', sentence: `${what}; it is on your list of wanted lists.` };
    }
    if (settings.unwanted.includes(kind)) {
      return { result: 'fail', reason: 'bulk-unwanted', sentence: `${what}, and not wanted.` };
    }
    if (settings.requireUnsubscribe && kind === 'newsletter' && unsubscribe === undefined) {
      return {
        result: 'fail',
        reason: 'bulk-unleavable',
        sentence: `${what}, and does not say how to leave it.`,
      };
    }
    return { result: 'none', sentence: `${what}.` };
  },
});

/** More than any threshold. */
const enough = 1000;

const judgeTest = (isRefused: boolean) =>
  isRefused
    ? ({
        result: 'fail',
        reason: 'test-line',
        score: enough,
        sentence: 'The mail holds the standard test line of spam filters (GTUBE).',
      } as const)
    : ({
        result: 'none',
        sentence: 'The mail holds the test line of spam filters, which is let through.',
      } as const);

const words: Readonly<Record<BulkKind, string>> = {
  newsletter: 'a newsletter',
  list: 'from a mailing list',
  moderation: 'a request to the moderator of a list',
  automatic: 'an automatic answer or notice',
};

/** Undefined for mail from one person to another, as far as its header tells. */
function readBulk(header: HeaderView): BulkFact | undefined {
  const rawId = header.fields.get('list-id')?.[0];
  const listId = rawId === undefined ? undefined : listIdIn(rawId);
  const unsubscribe = unsubscribeOf(header);
  const sign = signs.find(([, , holds]) => holds(header));
  if (sign === undefined) return undefined;
  const [kind, by] = sign;
  return { kind, by, ...(listId && { listId }), ...(unsubscribe && { unsubscribe }) };
}

/** The first that holds tells the kind. Moderation before list: such requests carry the fields of their list too. */
const signs: readonly (readonly [kind: BulkKind, by: string, holds: (header: HeaderView) => boolean])[] = [
  // Mailman marks what is meant for the owners of a list; the field has no other use.
  ['moderation', 'X-List-Administrivia', has('x-list-administrivia')],
  ['list', 'List-Post', has('list-post')],
  ['list', 'List-Id', (header) => has('list-id')(header) && isDiscussion(header)],
  ['newsletter', 'List-Unsubscribe', has('list-unsubscribe')],
  ['list', 'List-Id', has('list-id')],
  ['automatic', 'Auto-Submitted', (header) => word(header, 'auto-submitted').startsWith('auto')],
  ['newsletter', 'Precedence', (header) => word(header, 'precedence') === 'bulk'],
  ['list', 'Precedence', (header) => word(header, 'precedence') === 'list'],
  ['automatic', 'Precedence', (header) => word(header, 'precedence') === 'auto_reply'],
];

function has(name: string): (header: HeaderView) => boolean {
  return ({ fields }) => fields.has(name);
}

const word = ({ fields }: HeaderView, name: string): string =>
  (fields.get(name)?.[0] ?? '').trim().toLowerCase();

/** A list on which people write, not one by which somebody sends. */
const isDiscussion = (header: HeaderView): boolean =>
  word(header, 'precedence') === 'list' || has('x-beenthere')(header) || has('list-archive')(header);

function unsubscribeOf({ fields }: HeaderView): BulkFact['unsubscribe'] {
  const ways = fields.get('list-unsubscribe')?.[0] ?? '';
  if (!/<(?:https?|mailto):/i.test(ways)) return undefined;
  const isOneClick = /one-click/i.test(fields.get('list-unsubscribe-post')?.[0] ?? '');
  return isOneClick && /<https:/i.test(ways) ? 'one-click' : 'link';
}

const listIdIn = (value: string): string =>
  (/<([^<>]{1,255})>/.exec(value)?.[1] ?? value).trim().toLowerCase().slice(0, 255);
