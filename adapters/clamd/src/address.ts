/** Where a clamd listens, from its URL. */

export type ClamdAddress = { readonly host: string; readonly port: number } | { readonly path: string };

const defaultPort = 3310;

/** Reads `tcp://host:port`, `clamd://host:port` (port 3310 if none is named) and `unix:/path`. Throws on anything else. */
export function parseClamdUrl(url: string): ClamdAddress {
  if (url.startsWith('unix:')) {
    const path = url.slice('unix:'.length).replace(/^\/\/(?=\/)/, '');
    if (path.startsWith('/')) return { path };
  } else if (URL.canParse(url)) {
    const { protocol, hostname, port } = new URL(url);
    const isKnown = protocol === 'tcp:' || protocol === 'clamd:';
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    if (isKnown && host !== '') return { host, port: port === '' ? defaultPort : Number(port) };
  }
  throw new TypeError(`not the address of a clamd: ${url} (tcp://host:port or unix:/path)`);
}
