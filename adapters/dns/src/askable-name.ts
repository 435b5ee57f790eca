/** A name as DNS can be asked for it: A-labels, lower case, without final dot. */
import { domainToASCII } from 'node:url';

/**
 * Undefined for what cannot be a name: an empty or too long label, more than 253 characters (RFC 1035 §2.3.4), white space or
 * control characters, or letters that have no A-label (RFC 5891).
 */
export function askableName(name: string): string | undefined {
  // The standard for URLs drops tabs and line ends without a word.
  if (name.length > 1_000 || /[\0-\x20\x7f]/.test(name)) return undefined;
  const ascii = /^[\x21-\x7e]+$/.test(name) ? name : domainToASCII(name);
  const plain = ascii.toLowerCase().replace(/\.$/, '');
  const isName =
    plain.length <= 253 &&
    /^[\x21-\x7e]+$/.test(plain) &&
    plain.split('.').every((label) => label.length > 0 && label.length <= 63);
  return isName ? plain : undefined;
}
