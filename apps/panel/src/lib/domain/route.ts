/** Hosts of a route as rows of a form, and back as the addresses in which the api takes them. */
export type Tls = 'opportunistic' | 'required' | 'none';

export interface RouteRow {
  readonly host: string;
  /** As it is typed. */
  readonly port: string;
  readonly tls: Tls;
}

export const emptyRow: RouteRow = { host: '', port: '25', tls: 'opportunistic' };

const shape = /^smtp:\/\/(\[[^\]]*\]|[^/:?]*)(?::(\d+))?\/?(?:\?tls=(required|opportunistic|none))?$/;

/** Of an address as the api writes it; what is none becomes the name of a host, for a person to correct. */
export function rowOf(url: string): RouteRow {
  const [, host = url, port = '25', tls = 'opportunistic'] = shape.exec(url) ?? [];
  return { host: host.replace(/^\[|\]$/g, ''), port, tls: tls as Tls };
}

/** A whole address that was pasted as a host is taken apart. */
export const tidied = (row: RouteRow): RouteRow =>
  row.host.trim().startsWith('smtp://') ? rowOf(row.host.trim()) : row;

export function urlOf({ host, port, tls }: RouteRow): string {
  const name = host.trim();
  const written = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return `smtp://${written}:${port.trim() || '25'}${tls === 'opportunistic' ? '' : `?tls=${tls}`}`;
}

/** “mail.example.org”, “mail.example.org, port 2525, always encrypted”. */
export function routeWords(url: string): string {
  const { host, port, tls } = rowOf(url);
  const encryption = {
    opportunistic: '',
    required: ', always encrypted',
    none: ', never encrypted',
  };
  return `${host}${port === '25' ? '' : `, port ${port}`}${encryption[tls]}`;
}
