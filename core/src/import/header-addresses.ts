/** The mail addresses of a header field such as To, as far as anybody can read them: names, comments and groups left out. */

const maxCharacters = 64 * 1024;
const maxAddresses = 1_000;

/** A quoted string, a comment, an address in angle brackets, or one that stands bare; RFC 5322 §3.4 with its abuses. */
const token =
  /"(?:[^"\\]|\\[^])*"|\((?:[^()\\]|\\[^]|\([^()]*\))*\)|<(?<angle>[^<>]*)>|[^\s,;:<>"()]+|(?<end>[,;:])/g;

/** Each as written, in order. Of `"a@b" <c@d>` only the second is an address, for the first is a name. */
export function addressesIn(value: string): readonly string[] {
  const addresses: string[] = [];
  /** The address of the mailbox under way: what stands in brackets goes before what stands bare. */
  let current: { readonly text: string; readonly isSure: boolean } | undefined;
  const finish = (): void => {
    if (current !== undefined) addresses.push(current.text);
    current = undefined;
  };
  for (const { 0: text, groups = {} } of value.slice(0, maxCharacters).matchAll(token)) {
    if (addresses.length >= maxAddresses) break;
    if (groups['end'] !== undefined) finish();
    else if (groups['angle'] !== undefined) {
      const address = plain(groups['angle']);
      if (address !== undefined) current = { text: address, isSure: true };
    } else if (current?.isSure !== true) {
      const address = plain(text);
      if (address !== undefined) current = { text: address, isSure: false };
    }
  }
  finish();
  return addresses;
}

/** `local@domain` without a source route (RFC 5321 §4.1.2); undefined for what is none. */
function plain(text: string): string | undefined {
  const address = text.trim().replace(/^@[^:]*:/, '');
  return /^[^\s\p{Cc}@<>()",;]{1,64}@[^\s\p{Cc}@<>()",;]{1,255}$/u.test(address) ? address : undefined;
}
