/** The elements and attributes of a mail's HTML that are shown; everything else is taken away. */

/** No title: that of a link says where it leads. No id and no name: a mail names nothing in our page. */
const rules: Readonly<Record<string, RegExp>> = {
  style: /^[^\\]{1,4000}$/,
  dir: /^(?:ltr|rtl|auto)$/i,
  lang: /^[a-z-]{1,35}$/i,
  align: /^[a-z]{1,15}$/i,
  valign: /^[a-z]{1,15}$/i,
  nowrap: /^(?:nowrap)?$/i,
  bgcolor: /^#?[a-z0-9]{1,30}$/i,
  color: /^#?[a-z0-9]{1,30}$/i,
  face: /^[\p{L}\d\s,'"_-]{1,200}$/u,
  size: /^[+-]?\d{1,3}$/,
  width: /^\d{1,4}(?:px|%)?$/,
  height: /^\d{1,4}(?:px|%)?$/,
  border: /^\d{1,2}$/,
  cellpadding: /^\d{1,3}$/,
  cellspacing: /^\d{1,3}$/,
  colspan: /^\d{1,3}$/,
  rowspan: /^\d{1,3}$/,
  start: /^\d{1,6}$/,
  type: /^[a-z0-9]{1,10}$/i,
};

/** What we write ourselves into links and pictures. */
const ours: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'target', 'rel', 'title'],
  img: ['src', 'alt'],
};

export const allowedTags: string[] =
  'a abbr acronym address article aside b big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'.split(
    ' ',
  );

/** Elements whose content nobody is to read: browsers do not show it, or show it as something else. */
export const droppedWhole: string[] =
  'script style title textarea select option datalist xmp plaintext noscript noembed noframes template iframe object applet audio video canvas'.split(
    ' ',
  );

export const allowedAttributes: Record<string, string[]> = {
  '*': Object.keys(rules),
  ...Object.fromEntries(Object.entries(ours).map(([tag, names]) => [tag, [...names]])),
};

export type Attributes = Record<string, string>;

/** Those of an element that may stay, with values that mean what they seem to. */
export function allowedOf(tag: string, attributes: Attributes): Attributes {
  const kept: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule?.test(value) === true || ours[tag]?.includes(name) === true) kept[name] = value;
  }
  return kept;
}
