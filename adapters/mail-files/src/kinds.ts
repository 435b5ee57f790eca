/** What a name and the first bytes of a file say of it. */
import { looksLikeTar } from './tar.ts';

/** `mail`: meant to be one mail; `any`: to be told by its content; `none`: never a mail. */
export type Claim = 'mail' | 'any' | 'none';

/** Files that mail servers keep beside the mails. */
const bookkeeping = /^(?:dovecot|courier|maildir|subscriptions|\.)/i;
/** Names such as `00001.7c53336b37003a9286aba55d2945844c` and `12.` have no extension in the sense of a type. */
const noExtension = /^(?:[0-9]+|[0-9a-f]{8,})?$/i;

/** `name`: with its folders, as far as known. */
export function claimOf(name: string): Claim {
  const parts = unpackedName(name).split('/');
  const file = parts.at(-1) ?? '';
  const folder = parts.at(-2);
  if (bookkeeping.test(file)) return 'none';
  if (folder === 'cur' || folder === 'new') return 'mail';
  const dot = file.lastIndexOf('.');
  const extension = dot === -1 ? '' : file.slice(dot + 1);
  return extension.toLowerCase() === 'eml' || noExtension.test(extension) ? 'mail' : 'any';
}

/** One mail whatever its first line says: others that begin with a `From ` line are mailboxes. */
export const isSingle = (name: string): boolean =>
  /\.eml$/i.test(unpackedName(name)) || /(?:^|\/)(?:cur|new)\/[^/]*$/.test(name);

const unpackedName = (name: string): string => name.replace(/\.gz$/i, '');

/** Bytes that are enough to tell. */
export const headBytes = 4_096;

export type Packing = 'gzip' | 'tar' | 'zip' | 'none';

export function packingOf(head: Buffer): Packing {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04') return 'zip';
  return looksLikeTar(head) ? 'tar' : 'none';
}

const known =
  /^(?:from|sender|to|cc|subject|date|received|return-path|message-id|delivered-to|x-original-to|mime-version|content-type|reply-to|dkim-signature):/;

/** Of a header, enough to know one by. */
const headerBytes = 32 * 1024;

/**
 * Whether bytes begin with the header of a mail: a field that mails have, and where only the content speaks for it, two of
 * them and nothing else before.
 */
export function looksLikeMail(head: Buffer, claim: Claim): boolean {
  const text = head.toString('latin1', 0, headerBytes).replace(/^>?From [^\n]*\n/, '');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const lines = text.slice(0, end).split(/\r?\n/);
  const fields = lines.filter((line) => known.test(line.replace(/[ \t]+:/, ':').toLowerCase())).length;
  if (claim === 'mail') return fields > 0;
  return fields > 1 && /^[!-9;-~]+[ \t]*:/.test(lines[0] ?? '');
}
