/** The one place where a scope and a query become what SQLite is asked: a MATCH expression that begins with the scope. */
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import {
  isOpen,
  minPrefixLength,
  parseTextQuery,
  partTerm,
  type TextTerm,
} from '@sluice/core/kernel/text-query.ts';
import { spaceOut } from '@sluice/core/kernel/words.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { accountTag, checkTag, domainTag, everyRow, nullSenderTag, reasonTag } from './tags.ts';

/** The length of prefixes that have an index of their own (see schema.ts). */
export const prefixLength = minPrefixLength;

/** Terms that do as well as one that was typed. */
export type Near = (term: TextTerm) => readonly TextTerm[];
const noneNear: Near = () => [];

/** The words that begin with that of an open term; undefined: the index is to find them. */
export type Continuations = (term: TextTerm) => readonly string[] | undefined;

/** What is known of the words of the index. */
export interface KnownWords {
  readonly near?: Near | undefined;
  readonly continuations?: Continuations;
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
export function compileMatch(
  scope: TenantScope,
  query: QuarantineQuery,
  { near = noneNear, continuations = () => undefined }: KnownWords = {},
): string | undefined {
  const owner = matchScope(scope);
  if (owner === undefined) return undefined;
  const { required, excluded } = parseTextQuery(query.text ?? '');
  const columns = textColumns[query.fields ?? 'all'];
  const all = [
    ...owner,
    ...matchFilters(query),
    ...required.map((term) => `${columns} : (${compileEither([term, ...near(term)], continuations)})`),
  ].join(' AND ');
  if (excluded.length === 0) return all;
  return `(${all}) NOT (${columns} : (${compileEither(excluded, continuations)}))`;
}

function matchScope(scope: TenantScope): string[] | undefined {
  if (scope.kind === 'service') return [matchTag(everyRow)];
  const account = matchTag(accountTag(scope.accountId));
  if (scope.domainIds === undefined) return [account];
  if (scope.domainIds.length === 0) return undefined;
  const domains = scope.domainIds.map((domainId) => `"${domainTag(domainId)}"`);
  return [account, `tags : (${domains.join(' OR ')})`];
}

function matchFilters(query: QuarantineQuery): string[] {
  const filters: string[] = [];
  if (query.domainId !== undefined) filters.push(matchTag(domainTag(query.domainId)));
  if (query.reason !== undefined) filters.push(matchTag(reasonTag(query.reason)));
  if (query.check !== undefined) filters.push(matchTag(checkTag(query.check)));
  if (query.sender?.trim() === '<>') filters.push(matchTag(nullSenderTag));
  const sender = partTerm(query.sender ?? '');
  if (sender) filters.push(`sender : ${compileTerm(sender)}`);
  const recipient = partTerm(query.recipient ?? '');
  if (recipient) filters.push(`recipients : ${compileTerm(recipient)}`);
  return filters;
}

const matchTag = (tag: string): string => `tags : "${tag}"`;

const compileEither = (terms: readonly TextTerm[], continuations: Continuations): string =>
  terms.flatMap((term) => compileOpen(term, continuations) ?? [compileTerm(term)]).join(' OR ');

/**
 * An open word as the words that it may become. FTS5 puts all places of those together before it gives the first, as many
 * as there are mails; words that are named it walks through only as far as the page needs. Short ones have an index.
 */
function compileOpen(term: TextTerm, continuations: Continuations): readonly string[] | undefined {
  if (!isOpen(term) || Array.from(term.text).length <= prefixLength) return undefined;
  const words = continuations(term);
  // None: a phrase of its own that finds nothing, as the open word would.
  return words?.length === 0 ? undefined : words?.map((text) => `"${text.replaceAll('"', '""')}"`);
}

/** A word that the tokenizer takes apart (an address, a file name) is the phrase of its parts. */
function compileTerm(term: TextTerm): string {
  const quoted = `"${spaceOut(term.text).replaceAll('\0', ' ').replaceAll('"', '""')}"`;
  return isOpen(term) ? `${quoted} *` : quoted;
}
