/** The one place where a scope and a query become what SQLite is asked: a MATCH expression that begins with the scope. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { isOpen, parseTextQuery, partTerm, type TextTerm } from '@sluice/core/kernel/text-query.ts';
import { spaceOut } from '@sluice/core/kernel/words.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { groupOf, markWords } from './buckets.ts';
import { accountTag, checkTag, domainTag, everyRow, nullSenderTag, reasonTag } from './tags.ts';

/** Terms that do as well as one that was typed. */
export type Near = (term: TextTerm) => readonly TextTerm[];
const noneNear: Near = () => [];

/** Which accounts have mails of a domain. */
export type OwnersOf = (domainId: string) => readonly string[];

/** A scope and a query, ready to be asked of any bucket. */
export interface Question {
  /** Only buckets of these groups can hold what is asked for; undefined: all can. */
  readonly groups: readonly number[] | undefined;
  /** The MATCH expression, in the words of the bucket. */
  matchIn(bucket: number): string;
}

/** The columns that the text of a query is looked for in; never the tags. */
const textColumns = {
  all: '{headers body sender recipients}',
  headers: '{headers sender recipients}',
} as const;

/**
 * undefined: the scope holds nothing. All user text stands in FTS5 strings ("…"), which have no syntax inside but the
 * doubled quote, so that no text is a syntax error or reaches another column.
 */
export function compileQuestion(
  scope: TenantScope,
  query: QuarantineQuery,
  ownersOf: OwnersOf,
  near: Near = noneNear,
): Question | undefined {
  const owner = ownerOf(scope, query.domainId, ownersOf);
  if (owner.tags.length === 0) return undefined;
  const { required, excluded } = parseTextQuery(query.text ?? '');
  const columns = textColumns[query.fields ?? 'all'];
  const conditions = [
    matchTags(owner.tags),
    ...matchFilters(query),
    ...required.map((term) => matchEither(columns, [term, ...near(term)])),
  ];
  const exclusion = excluded.length === 0 ? undefined : matchEither(columns, excluded);
  return {
    groups: owner.accounts && [...new Set(owner.accounts.map(groupOf))],
    matchIn(bucket) {
      const all = conditions.map((condition) => condition(bucket)).join(' AND ');
      return exclusion === undefined ? all : `(${all}) NOT (${exclusion(bucket)})`;
    },
  };
}

type Condition = (bucket: number) => string;

interface Owner {
  /** A mail that is asked for has one of them; none: nothing is asked for. */
  readonly tags: readonly string[];
  /** undefined: all. */
  readonly accounts: readonly string[] | undefined;
}

/** What the scope shows of the domain, or of all domains. */
function ownerOf(scope: TenantScope, domainId: string | undefined, ownersOf: OwnersOf): Owner {
  if (scope.kind === 'service') {
    if (domainId === undefined) return { tags: [everyRow], accounts: undefined };
    const accounts = ownersOf(domainId);
    return { tags: accounts.map((accountId) => domainTag(accountId, domainId)), accounts };
  }
  const { accountId, domainIds } = scope;
  const accounts = [accountId];
  if (domainId === undefined && domainIds === undefined) return { tags: [accountTag(accountId)], accounts };
  const seen =
    domainId === undefined ? domainIds : [domainId].filter((one) => domainIds?.includes(one) ?? true);
  return { tags: (seen ?? []).map((one) => domainTag(accountId, one)), accounts };
}

function matchFilters(query: QuarantineQuery): Condition[] {
  const filters: Condition[] = [];
  if (query.reason !== undefined) filters.push(matchTags([reasonTag(query.reason)]));
  if (query.check !== undefined) filters.push(matchTags([checkTag(query.check)]));
  if (query.sender?.trim() === '<>') filters.push(matchTags([nullSenderTag]));
  const sender = partTerm(query.sender ?? '');
  if (sender) filters.push(matchEither('sender', [sender]));
  const recipient = partTerm(query.recipient ?? '');
  if (recipient) filters.push(matchEither('recipients', [recipient]));
  return filters;
}

const matchTags =
  (tags: readonly string[]): Condition =>
  (bucket) =>
    `tags : (${tags.map((tag) => `"${markWords(bucket, tag)}"`).join(' OR ')})`;

const matchEither =
  (columns: string, terms: readonly TextTerm[]): Condition =>
  (bucket) =>
    `${columns} : (${terms.map((term) => compileTerm(bucket, term)).join(' OR ')})`;

/** A word that the tokenizer takes apart (an address, a file name) is the phrase of its parts. */
function compileTerm(bucket: number, term: TextTerm): string {
  const words = spaceOut(term.text).replaceAll('\0', ' ').replaceAll('"', '""');
  const quoted = `"${markWords(bucket, words)}"`;
  return isOpen(term) ? `${quoted} *` : quoted;
}
