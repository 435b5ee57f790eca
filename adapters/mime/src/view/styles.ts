/** The CSS that a mail may bring in `style` attributes: looks, never places, loads or moves anything. */

const word = '[a-z][a-z-]{0,30}';
const size =
  '(?:auto|inherit|initial|normal|none|thin|medium|thick|smaller|larger|(?:xx?-)?(?:small|large)|(?:\\d{1,5}(?:\\.\\d{0,6})?|\\.\\d{1,6})(?:px|pt|pc|em|ex|rem|%|in|cm|mm)?)';
const color = '(?:#[0-9a-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\\([\\d.,%\\s/]{1,60}\\))';

/** The whole value, one to `most` of them. No alternative holds a backslash, and parentheses stand in colours only. */
const only = (pattern: string, most = 1): RegExp[] => [
  new RegExp(`^${pattern}(?:\\s{1,9}${pattern}){0,${most - 1}}$`, 'i'),
];

const words = only(word);
const sizes = only(size);
const fourSizes = only(size, 4);
const colors = only(color);
const borders = only(`(?:${size}|${color}|${word})`, 3);
const fonts = [/^[\p{L}\d\s,'"_-]{1,300}$/u];

const sides = ['top', 'right', 'bottom', 'left'];
const forSides = (before: string, after: string, values: RegExp[]): Record<string, RegExp[]> =>
  Object.fromEntries(sides.map((side) => [`${before}-${side}${after}`, values]));

/** By property; what is not named here is dropped, and so is a value that does not match. */
export const allowedStyles: Record<string, RegExp[]> = {
  color: colors,
  background: colors,
  'background-color': colors,
  opacity: sizes,
  visibility: words,
  display: [/^(?:block|inline|inline-block|none|list-item|table|inline-table|table-[a-z-]{1,20})$/i],
  float: words,
  clear: words,
  overflow: words,
  width: sizes,
  height: sizes,
  'min-width': sizes,
  'max-width': sizes,
  'min-height': sizes,
  'max-height': sizes,
  margin: fourSizes,
  ...forSides('margin', '', sizes),
  padding: fourSizes,
  ...forSides('padding', '', sizes),
  border: borders,
  ...forSides('border', '', borders),
  'border-width': fourSizes,
  'border-style': only(word, 4),
  'border-color': only(color, 4),
  ...forSides('border', '-width', sizes),
  ...forSides('border', '-style', words),
  ...forSides('border', '-color', colors),
  'border-radius': fourSizes,
  'border-collapse': words,
  'border-spacing': only(size, 2),
  'table-layout': words,
  'caption-side': words,
  'list-style': only(word, 2),
  'list-style-type': words,
  'vertical-align': [...words, ...sizes],
  font: [/^[\p{L}\d\s,'"%./_-]{1,300}$/u],
  'font-family': fonts,
  'font-size': sizes,
  'font-style': words,
  'font-variant': words,
  'font-weight': [...words, ...sizes],
  'line-height': sizes,
  'letter-spacing': sizes,
  'word-spacing': sizes,
  'text-align': words,
  'text-decoration': only(`(?:${color}|${word})`, 3),
  'text-indent': sizes,
  'text-transform': words,
  'white-space': words,
  'word-break': words,
  'word-wrap': words,
  'overflow-wrap': words,
  direction: words,
};
