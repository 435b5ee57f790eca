/** The words of the `tags` column: who owns a mail, and what filters ask for. Text of a mail never gets there. */
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';
import { isUuid } from '@sluice/core/archive/uuid.ts';

/** Every row has it, so that every search has something to begin with, even one for all that does not hold a word. */
export const everyRow = 'all';

/** Of all domains of an account. */
export const accountTag = (accountId: string): string => `a${token(accountId)}`;
/** Of a domain while it is the account's: one word, so that asking for a domain is asking for its owner too. */
export const domainTag = (accountId: string, domainId: string): string =>
  `d${token(accountId)}y${token(domainId)}`;
export const reasonTag = (reason: string): string => `r${token(reason)}`;
export const checkTag = (check: string): string => `c${token(check)}`;
export const nullSenderTag = 'n';

/** Different for different ids, and one word for the tokenizer, whatever the id is made of; holds no `y`. */
const token = (id: string): string =>
  isUuid(id) ? id.replaceAll('-', '') : `x${Buffer.from(id.toWellFormed()).toString('hex')}`;

export const tagsOf = (mail: QuarantineDocument): string =>
  [
    everyRow,
    accountTag(mail.accountId),
    domainTag(mail.accountId, mail.domainId),
    reasonTag(mail.reason),
    ...new Set(mail.checks.map(checkTag)),
    ...(mail.sender === '' ? [nullSenderTag] : []),
  ].join(' ');
