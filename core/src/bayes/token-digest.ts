/** The tokens of a mail as an event carries them: sorted, the gaps between them as variable-length numbers, base64. */

const seven = 0x80;

/** Four bytes a token, before base64. */
export function packTokens(hashes: readonly number[]): string {
  const bytes: number[] = [];
  let before = 0;
  for (const hash of [...hashes].sort((a, b) => a - b)) {
    let gap = hash - before;
    before = hash;
    while (gap >= seven) {
      bytes.push((gap % seven) + seven);
      gap = Math.floor(gap / seven);
    }
    bytes.push(gap);
  }
  return Buffer.from(bytes).toString('base64');
}

/** What cannot be read is left out: at worst the end of a damaged digest. Ascending, each once. */
export function unpackTokens(digest: string): readonly number[] {
  const hashes: number[] = [];
  let hash = 0;
  let gap = 0;
  let factor = 1;
  for (const byte of Buffer.from(digest, 'base64')) {
    gap += (byte % seven) * factor;
    if (byte >= seven) {
      factor *= seven;
      continue;
    }
    hash += gap;
    if (!Number.isSafeInteger(hash)) break;
    if (gap > 0 || hashes.length === 0) hashes.push(hash);
    gap = 0;
    factor = 1;
  }
  return hashes;
}
