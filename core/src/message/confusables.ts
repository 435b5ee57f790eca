/** Letters that look like others (UTS 39): what a text looks like to a hurried reader, and whether one word mixes scripts. */

/** Cyrillic, Greek, Armenian and Latin letters beside the ASCII ones that they are drawn like, lower case (UTS 39 §4). */
const lookalikes: Readonly<Record<string, string>> = {
  ...pairs('аaвbсcԁdеeһhіiјjκkкkӏlмmпnоoрpԛqгrѕsтtцuѵvѡwхxуyԝw'),
  ...pairs('αaβbεeηnιiκkνvοoρpτtυuχxγyωwσo'),
  ...pairs('օoոnսuցgһhհhյjզqѕs'),
  ...pairs('ıiɩiłlđdħhøoŧtɑaɡgʟlɴnʀrɪiþpœo'),
  ...pairs('0o1l|l!i$s@a5s'),
};

/** Pairs of letters written one behind the other: what stands there, then what it looks like. */
function pairs(text: string): Readonly<Record<string, string>> {
  const letters = Array.from(text);
  return Object.fromEntries(
    letters.flatMap((letter, at) => (at % 2 === 0 ? [[letter, letters[at + 1] ?? letter]] : [])),
  );
}

/** Texts with the same skeleton look alike: case, accents, width and invisible characters do not count. */
export function skeleton(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\p{Mn}\p{Cf}]/gu, '');
  return Array.from(plain)
    .map((letter) => lookalikes[letter] ?? letter)
    .join('')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replace(/[\s._-]+/g, ' ')
    .trim();
}

const scripts: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
];

/** A word in which letters of scripts stand side by side that no language writes together (UTS 39 §5.2); undefined if none. */
export function mixedWord(
  text: string,
): { readonly word: string; readonly scripts: readonly string[] } | undefined {
  // Most names are ASCII, and need no further look.
  if (/^[\x20-\x7e]*$/.test(text)) return undefined;
  for (const word of text.normalize('NFKC').split(/[^\p{L}\p{M}\p{N}]+/u)) {
    const found = scripts.flatMap(([name, pattern]) => (pattern.test(word) ? [name] : []));
    if (found.length > 1) return { word, scripts: found };
  }
  return undefined;
}
