/** The fields of a mail's header that people read, decoded. */
import { addressParser, decodeWords } from 'postal-mime';
import type { HeaderField, Mailbox } from '@sluice/core/ports/message-inspector.ts';
import { valuesOf } from './header-fields.ts';

/** What is longer is cut before it is decoded: no true field is. */
const maxFieldLength = 16 * 1024;
/** Repeated fields beyond these are not read. */
const maxRepeated = 20;

export interface Summary {
  readonly subject: string;
  readonly from: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly messageId: string;
}

export function summarize(headers: readonly HeaderField[]): Summary {
  const first = (name: string): string => (valuesOf(headers, name)[0] ?? '').slice(0, maxFieldLength);
  return {
    subject: decodeWords(first('subject')),
    from: mailboxes(valuesOf(headers, 'from')),
    to: mailboxes(valuesOf(headers, 'to')),
    messageId: first('message-id'),
  };
}

/** The fields with their encoded words decoded beside. */
export const decodeFields = (headers: readonly HeaderField[]): readonly HeaderField[] =>
  headers.map((field) =>
    field.value.includes('=?')
      ? { ...field, decoded: decodeWords(field.value.slice(0, maxFieldLength)) }
      : field,
  );

/** The mailboxes of all fields of the name; groups are taken apart. */
const mailboxes = (values: readonly string[]): readonly Mailbox[] =>
  values.slice(0, maxRepeated).flatMap((value) =>
    addressParser(value.slice(0, maxFieldLength), { flatten: true }).map(({ name, address }) => ({
      name,
      address: /^[^\s<>]+@[^\s<>@]+$/.test(address ?? '') ? (address ?? '') : '',
    })),
  );
