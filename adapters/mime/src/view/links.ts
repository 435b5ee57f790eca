/** Where a link of a mail may lead, and what is told of it. */
import type { Attributes } from './attributes.ts';

const schemes = new Set(['http:', 'https:', 'mailto:']);
const maxLength = 4_000;
const maxTold = 300;

/** The attributes of a link as it is shown; none where it leads nowhere that a mail may lead to. */
export function linkAttributes(attributes: Attributes): Attributes {
  const { href = '', style } = attributes;
  const looks: Attributes = style === undefined ? {} : { style };
  const url = href.length > maxLength ? null : URL.parse(href);
  if (url === null || !schemes.has(url.protocol) || url.href.length > maxLength) return looks;
  return {
    ...looks,
    // As a browser reads it: what is told of the address and where it leads are then the same.
    href: url.href,
    target: '_blank',
    rel: 'noopener noreferrer nofollow',
    title: told(url),
  };
}

/** The host in ASCII, so that letters that look like others show. */
function told({ protocol, hostname, pathname, href }: URL): string {
  if (protocol === 'mailto:') return `Writes to ${pathname.slice(0, maxTold)}`;
  return `Leads to ${hostname}: ${href.slice(0, maxTold)}`;
}
