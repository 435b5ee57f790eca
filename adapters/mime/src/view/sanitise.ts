/** HTML of a mail without anything that runs, loads, asks for input or leaves its place. */
import sanitizeHtml from 'sanitize-html';
import { allowedAttributes, allowedOf, allowedTags, type Attributes, droppedWhole } from './attributes.ts';
import type { InlineImages } from './images.ts';
import { linkAttributes } from './links.ts';
import { isRemote, placeholder } from './remote-images.ts';
import { allowedStyles } from './styles.ts';

export interface Sanitised {
  readonly html: string;
  readonly remoteImages: number;
}

/** Elements beyond these lose their attributes, so that the result stays small whatever the mail. */
const maxDecorated = 30_000;
/** Deeper elements are taken away, not what they hold. */
const maxNesting = 250;

export function sanitise(html: string, images: InlineImages): Sanitised {
  let remoteImages = 0;
  let seen = 0;

  const image: sanitizeHtml.Transformer = (_, attributes) => {
    const { src = '', alt = '', width, height, style, align, border } = attributes;
    const uri = images.dataUri(src);
    if (uri !== undefined) {
      const looks = defined({ width, height, style, align, border });
      return { tagName: 'img', attribs: { ...looks, src: uri, alt: alt.slice(0, 1000) } };
    }
    if (isRemote(src) || isRemoteSet(attributes['srcset'])) remoteImages += 1;
    if (seen > maxDecorated) return { tagName: 'span', attribs: {} };
    const box = placeholder(attributes);
    return { tagName: 'span', attribs: box.style, text: box.text };
  };

  const anything: sanitizeHtml.Transformer = (tagName, attributes) => {
    seen += 1;
    if (hasRemoteBackground(attributes)) remoteImages += 1;
    return { tagName, attribs: seen > maxDecorated ? {} : allowedOf(tagName, attributes) };
  };

  const clean = sanitizeHtml(html, {
    allowedTags,
    allowedAttributes,
    allowedStyles: { '*': allowedStyles },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nonTextTags: droppedWhole,
    nestingLimit: maxNesting,
    enforceHtmlBoundary: false,
    transformTags: {
      a: (_, attributes) => ({ tagName: 'a', attribs: linkAttributes(attributes) }),
      img: image,
      body: (_, attributes) => ({ tagName: 'div', attribs: pageLooks(attributes) }),
      '*': anything,
    },
  });
  return { html: clean.replaceAll('\0', '').toWellFormed(), remoteImages };
}

const isRemoteSet = (srcset = ''): boolean => srcset.split(/,\s/).some((one) => isRemote(one));

const hasRemoteBackground = ({ background = '', style = '' }: Attributes): boolean =>
  isRemote(background) || /url\(\s{0,20}["']?\s{0,20}(?:https?:|\/\/)/i.test(style.slice(0, 4000));

/** Light writing on a dark page would else be light on white. */
function pageLooks({ bgcolor = '', text = '', style = '' }: Attributes): Attributes {
  const looks = [
    bgcolor === '' ? '' : `background-color:${withHash(bgcolor)}`,
    text === '' ? '' : `color:${withHash(text)}`,
    style,
  ];
  return { style: looks.filter((one) => one !== '').join(';') };
}

const withHash = (color: string): string => (/^(?:[0-9a-f]{3}){1,2}$/i.test(color) ? `#${color}` : color);

function defined(attributes: Readonly<Record<string, string | undefined>>): Attributes {
  const entries = Object.entries(attributes).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}
