/** Reverse and forward paths of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531 §3.3), and the parameters behind them (§4.1.1.11). */
import { isIP, isIPv4, isIPv6 } from 'node:net';

export interface PathCommand {
  /** Without angle brackets and source route; '' for the null path. */
  readonly address: string;
  /** Upper-case keyword to value; '' where there is none. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The keyword that was given twice. */
  readonly doubled: string | undefined;
}

/** RFC 5321 §4.5.3.1.3, angle brackets included. */
const maxPath = 256;
const maxDomain = 255;

/** Arguments of `MAIL FROM:` or `RCPT TO:` from behind the verb; undefined for bad syntax. */
export function parsePathCommand(text: string, keyword: 'FROM' | 'TO'): PathCommand | undefined {
  const head = /^\s*([A-Za-z]+)\s*:\s*</.exec(text);
  if (head?.[1]?.toUpperCase() !== keyword) return undefined;
  const end = endOfPath(text, head[0].length);
  if (end === undefined || end - head[0].length + 2 > maxPath) return undefined;
  const rest = text.slice(end + 1);
  if (rest !== '' && !rest.startsWith(' ')) return undefined;
  const address = parseAddress(withoutRoute(text.slice(head[0].length, end)), keyword);
  const parameters = parseParameters(rest);
  return address === undefined || parameters === undefined ? undefined : { address, ...parameters };
}

/** Where the closing bracket is; one inside a quoted local part does not count. */
function endOfPath(text: string, start: number): number | undefined {
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && isQuoted) at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === '>' && !isQuoted) return at;
  }
  return undefined;
}

/** A source route is accepted and ignored (RFC 5321 §4.1.1.3, appendix C). */
const withoutRoute = (path: string): string => path.replace(/^@[^\s,:@]+(?:,@[^\s,:@]+)*:/, '');

function parseAddress(path: string, keyword: 'FROM' | 'TO'): string | undefined {
  if (path === '') return keyword === 'FROM' ? '' : undefined;
  if (keyword === 'TO' && path.toLowerCase() === 'postmaster') return path;
  const at = path.lastIndexOf('@');
  const local = localPart(path.slice(0, Math.max(0, at)));
  const domain = path.slice(at + 1);
  return local === undefined || !isDomain(domain) ? undefined : `${local}@${domain}`;
}

// Dots at the ends or doubled are no dot-string, but in use; U+0080 and above are for SMTPUTF8.
const atoms = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\u{80}-\u{10ffff}-]+$/u;
const plainAtoms = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// No control characters, not even quoted: they could only harm where the address is written down.
const quoted = /^"((?:[^"\\\p{Cc}]|\\[^\p{Cc}])*)"$/u;
const invisible = /[\p{Cc}\u200b\u2060\ufeff]/u;

/** As written; one that need not be quoted is not (RFC 5321 §4.1.2: both mean the same mailbox). */
function localPart(text: string): string | undefined {
  if (invisible.test(text)) return undefined;
  if (atoms.test(text)) return text;
  const inside = quoted.exec(text)?.[1];
  if (inside === undefined) return undefined;
  const plain = inside.replace(/\\(.)/gu, '$1');
  return plainAtoms.test(plain) ? plain : text;
}

const label =
  /^[A-Za-z0-9_\u{80}-\u{10ffff}](?:[A-Za-z0-9_\u{80}-\u{10ffff}-]*[A-Za-z0-9_\u{80}-\u{10ffff}])?$/u;

function isDomain(domain: string): boolean {
  if (domain.length > maxDomain || invisible.test(domain)) return false;
  const literal = /^\[(IPv6:)?([^\]]+)\]$/i.exec(domain);
  if (literal !== null) {
    const [, isV6, address = ''] = literal;
    return isV6 === undefined ? isIPv4(address) : isIPv6(address);
  }
  // A number on its own is an address without brackets.
  return isIP(domain) === 0 && domain.split('.').every((one) => one.length <= 63 && label.test(one));
}

function parseParameters(text: string): Omit<PathCommand, 'address'> | undefined {
  const parameters = new Map<string, string>();
  let doubled: string | undefined;
  if (text.trim() === '') return { parameters, doubled };
  for (const word of text.trim().split(/ +/)) {
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([^=\s\p{Cc}]+))?$/u.exec(word);
    if (match === null) return undefined;
    const keyword = (match[1] ?? '').toUpperCase();
    if (parameters.has(keyword)) doubled = keyword;
    parameters.set(keyword, match[2] ?? '');
  }
  return { parameters, doubled };
}

/** Whether an address needs SMTPUTF8 (RFC 6531 §3.4). */
export const needsUtf8 = (address: string): boolean => /[^\u0020-\u007e]/.test(address);
