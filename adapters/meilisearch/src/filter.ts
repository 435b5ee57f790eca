/** The one place where a scope and a query become a filter: it begins with the scope, and no search is made without it. */
import { partTerm } from '@sluice/core/kernel/text-query.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { nullSender } from './document.ts';
import { readCursor } from './cursor.ts';
import { idToken, isCode, wantedParts } from './tokens.ts';

/** undefined: nothing can lie in it. */
export function compileFilter(scope: TenantScope, query: QuarantineQuery): string | undefined {
  const owner = scopeConditions(scope);
  const asked = [
    ...timeConditions(query),
    ...codeConditions(query),
    ...(query.domainId === undefined ? [] : [equals('domain', idToken(query.domainId))]),
    ...addressConditions('senderParts', query.sender),
    ...addressConditions('recipientParts', query.recipient),
  ];
  if (owner === undefined || asked.includes(nothing)) return undefined;
  return [...owner, ...asked].join(' AND ');
}

/** Found by no mail, so no search is made for it. */
const nothing = Symbol('nothing');
type Condition = string | typeof nothing;

/** Even who may see everything sees mails only, not what else an index keeps. */
function scopeConditions(scope: TenantScope): string[] | undefined {
  const mails = equals('kind', 'mail');
  if (scope.kind === 'service') return [mails];
  const account = equals('account', idToken(scope.accountId));
  if (scope.domainIds === undefined) return [mails, account];
  if (scope.domainIds.length === 0) return undefined;
  const domains = scope.domainIds.map((domainId) => quote(idToken(domainId)));
  return [mails, account, `domain IN [${domains.join(', ')}]`];
}

function timeConditions({ since, until, cursor }: QuarantineQuery): Condition[] {
  const conditions: Condition[] = [];
  if (since !== undefined) conditions.push(compareTime('>=', since));
  if (until !== undefined) conditions.push(compareTime('<', until));
  if (cursor !== undefined) {
    const after = readCursor(cursor);
    if (after === undefined) return [nothing];
    const { received, tie } = after;
    conditions.push(`(received < ${received} OR (received = ${received} AND tie < ${tie}))`);
  }
  return conditions;
}

function compareTime(operator: '>=' | '<', time: string): Condition {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? nothing : `received ${operator} ${ms}`;
}

function codeConditions({ reason, check }: QuarantineQuery): Condition[] {
  const conditions: Condition[] = [];
  if (reason !== undefined) conditions.push(isCode(reason) ? equals('reason', reason) : nothing);
  if (check !== undefined) conditions.push(isCode(check) ? equals('checks', check) : nothing);
  return conditions;
}

function addressConditions(field: string, asked = ''): Condition[] {
  if (field === 'senderParts' && asked.trim() === '<>') return [equals(field, nullSender)];
  const term = partTerm(asked);
  if (term === undefined) return [];
  const parts = wantedParts(term.text);
  return parts.map((part, at) =>
    term.isPrefix && at === parts.length - 1 ? `${field} STARTS WITH ${quote(part)}` : equals(field, part),
  );
}

const equals = (field: string, value: string): string => `${field} = ${quote(value)}`;

/** Everything that gets here is made of letters, digits and these; anything else would be a fault of ours, not a filter. */
function quote(value: string): string {
  if (!/^[\p{L}\p{N}\p{Co}/-]+$/u.test(value)) throw new RangeError('a value of a filter has to be of words');
  return `"${value}"`;
}
