/** The author domain of a mail (RFC 9989 §5.3.1): the one domain of its From header, if there is exactly one. */
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { domainOf } from './alignment.ts';

/** Several mailboxes are fine while they share one domain; several From fields never are. */
export function authorDomain(message: Pick<InspectedMessage, 'headers' | 'from'>): string | undefined {
  const fields = message.headers.filter((field) => field.name.toLowerCase() === 'from');
  if (fields.length !== 1 || message.from.length === 0) return undefined;
  const domains = new Set(message.from.map(({ address }) => authorOf(address)));
  const [only] = domains;
  return domains.size === 1 && only !== '' ? only : undefined;
}

const authorOf = (address: string): string =>
  address.includes('@') ? domainOf(address).replace(/\.$/, '') : '';
