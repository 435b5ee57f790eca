/** The excerpts of a page of hits: from the text of each mail, else from its headers. */
import type { TextTerm } from '@sluice/core/kernel/text-query.ts';
import type { QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { createExcerpts } from './excerpt.ts';
import { unpackExcerptTexts } from './excerpt-text.ts';
import type { MailRow } from './mail-row.ts';

/** In the same order. Within headers nothing of the text is shown. */
export function excerptsOf(
  hits: readonly MailRow[],
  terms: readonly TextTerm[],
  fields: NonNullable<QuarantineQuery['fields']>,
): readonly string[] {
  const packed = hits.map(({ excerptText }) => excerptText).filter((text) => text !== undefined);
  const unpacked = unpackExcerptTexts(fields === 'all' ? packed : []).values();
  const excerptOf = createExcerpts(terms);
  return hits.map(({ mail, excerptText }) => {
    const headers = [mail.subject, mail.from, mail.sender, mail.recipients.join(' ')];
    const text = fields === 'all' && excerptText !== undefined ? unpacked.next().value : undefined;
    return excerptOf(text === undefined ? headers : [text, ...headers]);
  });
}
