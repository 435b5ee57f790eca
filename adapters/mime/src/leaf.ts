/** One MIME leaf: what its fields declare, and its content decoded on demand. */
import type { HeaderField } from '@sluice/core/ports/message-inspector.ts';
import { valuesOf } from './header-fields.ts';
import { parseStructured, type StructuredField } from './parameters.ts';
import { valuesOfParameter } from './parameter-values.ts';
import {
  chooseEncoding,
  decodeBase64,
  decodeQuotedPrintable,
  isPureBase64,
  type Encoding,
} from './transfer-encoding.ts';
import { decodeUuLines, embeddedFiles, mayEmbedFiles } from './uuencode.ts';

export interface Leaf {
  readonly path: string;
  readonly type: string;
  readonly charset: string | undefined;
  readonly disposition: 'attachment' | 'inline' | undefined;
  /** Most trustworthy first. */
  readonly names: readonly string[];
  readonly hasBrokenEncoding: boolean;
  /** Content-ID without its angle brackets; undefined if none. Read anew by each call: few ask. */
  contentId(): string | undefined;
  /** The body as it stands in the mail. */
  readonly raw: Buffer;
  /** The body decoded; each call decodes anew, so that a large mail is not kept twice. */
  content(): Buffer;
}

export function createLeaf(source: {
  readonly fields: readonly HeaderField[];
  readonly types: readonly StructuredField[];
  readonly type: string;
  readonly path: string;
  readonly raw: Buffer;
}): Leaf {
  const { fields, types, raw } = source;
  const dispositions = valuesOf(fields, 'content-disposition').map(parseStructured);
  const { encoding, isBroken } = chooseEncoding(valuesOf(fields, 'content-transfer-encoding'));
  return {
    path: source.path,
    type: source.type,
    charset: valuesOfParameter(types, 'charset')[0],
    disposition: dispositionOf(dispositions),
    names: namesOf(types, dispositions),
    hasBrokenEncoding: isBroken || (encoding === 'base64' && !isPureBase64(raw)),
    contentId: () => contentIdOf(fields),
    raw,
    content: () => decodeBody(raw, encoding),
  };
}

/** A file name stands in `filename` or in `name`, and for some programs in either of either field. */
function namesOf(
  types: readonly StructuredField[],
  dispositions: readonly StructuredField[],
): readonly string[] {
  const names = [
    ...valuesOfParameter(dispositions, 'filename'),
    ...valuesOfParameter(types, 'name'),
    ...valuesOfParameter(dispositions, 'name'),
    ...valuesOfParameter(types, 'filename'),
    // The sections of one name, spread over both fields.
    ...valuesOfParameter(bySections([...dispositions, ...types]), 'filename'),
  ];
  return [...new Set(names)].filter((name) => name !== '');
}

const bySections = (fields: readonly StructuredField[]): readonly StructuredField[] =>
  fields.map(({ value, parameters }) => ({
    value,
    parameters: parameters.filter((parameter) => parameter.section !== undefined),
  }));

function contentIdOf(fields: readonly HeaderField[]): string | undefined {
  const id = (valuesOf(fields, 'content-id')[0] ?? '').slice(0, 1000).trim().replace(/^<|>$/g, '');
  return id === '' ? undefined : id;
}

function dispositionOf(dispositions: readonly StructuredField[]): 'attachment' | 'inline' | undefined {
  const [first] = dispositions;
  if (first === undefined) return undefined;
  // RFC 2183 §2.8: an unknown word is an attachment.
  return first.value === 'inline' ? 'inline' : 'attachment';
}

function decodeBody(raw: Buffer, encoding: Encoding): Buffer {
  switch (encoding) {
    case 'identity':
      return raw;
    case 'base64':
      return decodeBase64(raw);
    case 'quoted-printable':
      return decodeQuotedPrintable(raw);
    case 'uuencode':
      return decodeUuencode(raw);
  }
}

function decodeUuencode(raw: Buffer): Buffer {
  const [file] = mayEmbedFiles(raw) ? embeddedFiles(raw) : [];
  return file?.content ?? decodeUuLines(raw);
}
