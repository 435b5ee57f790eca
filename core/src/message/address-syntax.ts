/** Whether a text is an address that a reply could be sent to: addr-spec of RFC 5322 §3.4.1, under the lengths of RFC 5321. */
import ipaddr from 'ipaddr.js';

/** The first thing that is wrong with it. */
export type AddressFault = 'syntax' | 'local-part' | 'domain' | 'too-long';

/** RFC 5321 §4.5.3.1. */
const maxLocalPart = 64;
const maxDomain = 255;
const maxAddress = 254;

/** Letters, digits and the signs of RFC 5322 §3.2.3; beyond ASCII as RFC 6532 has it. */
const atom = "[\\w!#$%&'*+/=?^`{|}~\\u0080-\\u{10ffff}-]+";
const quoted = '"(?:[^"\\\\\\0]|\\\\.)*"';
const comment = '\\((?:[^()\\\\]|\\\\.)*\\)';
/** Comments and folding white space between the parts (§3.2.2); comments in comments were taken out before. */
const space = `(?:[ \\t]|${comment})*`;
const word = `${space}(?:${atom}|${quoted})${space}`;
const localPattern = new RegExp(`^${word}(?:\\.${word})*$`, 'u');
const label = `${space}[a-z0-9\\u0080-\\u{10ffff}](?:[a-z0-9_\\u0080-\\u{10ffff}-]*[a-z0-9\\u0080-\\u{10ffff}])?${space}`;
const domainPattern = new RegExp(`^${label}(?:\\.${label})*$`, 'iu');
const literalPattern = new RegExp(`^${space}\\[([^\\[\\]\\\\]*)\\]${space}$`);

/** Longer ones are not looked at: every pattern stays fast. */
const maxLooked = 1000;

/** Undefined where nothing is wrong. */
export function addressFault(text: string): AddressFault | undefined {
  if (text.length > maxLooked) return 'too-long';
  const unfolded = text.replace(/\r\n(?=[ \t])/g, '');
  const plain = /[\r\n]/.test(unfolded) ? undefined : withoutNestedComments(unfolded.trim());
  const at = plain === undefined ? -1 : lastAt(plain);
  if (plain === undefined || at < 0) return 'syntax';
  const local = plain.slice(0, at);
  const domain = plain.slice(at + 1);
  if (!localPattern.test(local)) return 'local-part';
  if (!isDomain(domain)) return 'domain';
  return isTooLong(local.replace(comments, '').trim(), bare(domain)) ? 'too-long' : undefined;
}

/** The domain of an address without fault, lower case, bare of comments; an address literal keeps its brackets. */
export const addressDomain = (text: string): string =>
  bare(text.slice(lastAt(text) + 1))
    .toLowerCase()
    .replace(/\.$/, '');

const isTooLong = (local: string, domain: string): boolean =>
  local.length > maxLocalPart || domain.length > maxDomain || local.length + domain.length + 1 > maxAddress;

/** One piece of an address, and where it stands. */
interface Step {
  readonly piece: string;
  readonly at: number;
  /** Of comments, a parenthesis counted to its comment. */
  readonly depth: number;
  readonly isQuoted: boolean;
  readonly parenthesis: boolean;
}

function* stepsOf(text: string): Generator<Step> {
  let depth = 0;
  let isQuoted = false;
  for (const { 0: piece, index: at } of text.matchAll(/\\[\s\S]?|["()@]|[^\\"()@]+/g)) {
    if (depth === 0 && piece === '"') isQuoted = !isQuoted;
    const parenthesis = !isQuoted && (piece === '(' || piece === ')');
    if (parenthesis && piece === '(') depth += 1;
    yield { piece, at, depth, isQuoted, parenthesis };
    if (parenthesis && piece === ')') depth -= 1;
  }
}

/** The `@` that is in no comment and no quoted string; -1 if there is none. */
function lastAt(text: string): number {
  let found = -1;
  for (const { piece, at, depth, isQuoted } of stepsOf(text)) {
    if (piece === '@' && depth === 0 && !isQuoted) found = at;
  }
  return found;
}

function isDomain(domain: string): boolean {
  const literal = literalPattern.exec(domain)?.[1];
  if (literal !== undefined) return isLiteral(literal);
  if (!domainPattern.test(domain)) return false;
  return bare(domain)
    .split('.')
    .every((one) => one.length <= 63);
}

/** RFC 5321 §4.1.3. */
function isLiteral(text: string): boolean {
  const v6 = /^IPv6:(.+)$/i.exec(text)?.[1];
  return v6 === undefined ? ipaddr.IPv4.isValidFourPartDecimal(text) : ipaddr.IPv6.isValid(v6);
}

const comments = new RegExp(comment, 'g');
const bare = (text: string): string => text.replace(comments, '').replace(/[\r\n\t ]/g, '');

/** Whether a quoted string or a comment goes on behind the step. */
const leavesOpen = ({ piece, depth, isQuoted, parenthesis }: Step): boolean =>
  isQuoted || depth > 1 || (depth === 1 && !(parenthesis && piece === ')'));

/** Comments within comments made plain ones; undefined where comments or quotes do not close. */
function withoutNestedComments(text: string): string | undefined {
  let kept = '';
  let isOpen = false;
  for (const step of stepsOf(text)) {
    const { piece, depth, parenthesis } = step;
    if (depth < 1 && parenthesis) return undefined;
    if (depth < 2 || !parenthesis) kept += piece;
    isOpen = leavesOpen(step);
  }
  return isOpen ? undefined : kept;
}
