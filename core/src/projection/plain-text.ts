/** Text of a mail as a database can keep it: it is hostile, and may hold what no column takes. */

/** Without NUL and lone surrogates, at most `limit` UTF-16 code units. */
export function plainText(text: string, limit: number): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return (clean.length > limit ? clean.slice(0, limit) : clean).toWellFormed();
}
