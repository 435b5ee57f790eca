/** Character references of HTML: all numeric ones, and the named ones that mail uses. */

const named: Readonly<Record<string, string>> = Object.assign(Object.create(null) as object, {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  zwnj: '\u200c',
  zwj: '\u200d',
  shy: '\u00ad',
  euro: '€',
  hellip: '…',
  bull: '•',
  middot: '·',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  lsaquo: '‹',
  rsaquo: '›',
  trade: '™',
  rarr: '→',
  larr: '←',
  check: '✓',
  colon: ':',
  period: '.',
  comma: ',',
  sol: '/',
  commat: '@',
  excl: '!',
  quest: '?',
  num: '#',
  dollar: '$',
  percnt: '%',
  lpar: '(',
  rpar: ')',
  hyphen: '-',
  lowbar: '_',
  NewLine: '\n',
  Tab: '\t',
});

/** The entities of ISO 8859-1, in the order of their code points from U+00A1. */
const latin1 =
  'iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  );
const fromLatin1 = new Map(latin1.map((name, at) => [name, String.fromCharCode(0xa1 + at)]));

/** Windows-1252 for the numbers 128 to 159, as the HTML standard reads them. */
const windows1252 = new TextDecoder('windows-1252');

/** Replaces references; what is none stays as it is written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([0-9a-f]{1,8})|#([0-9]{1,9})|([a-z][a-z0-9]{1,31}));?/gi,
    (whole, hex, decimal, name) => {
      if (typeof name === 'string')
        return named[name] ?? fromLatin1.get(name) ?? named[name.toLowerCase()] ?? whole;
      const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
      return characterOf(code);
    },
  );
}

function characterOf(code: number): string {
  if (code >= 0x80 && code < 0xa0) return windows1252.decode(Uint8Array.of(code));
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
}
