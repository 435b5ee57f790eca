/** The token of an edge: its name and a proof of it, derived from the installation's secret, so that none is stored. */
import { createHmac } from 'node:crypto';
import { tokensMatch } from '@sluice/node-crypto';

/** `<edge>.<base64url of HMAC-SHA256>`: what the edge presents as its bearer token. */
export const edgeToken = (secret: string, edge: string): string =>
  `${edge}.${createHmac('sha256', secret).update(`edge:${edge}`).digest('base64url')}`;

/** Name of the edge that an Authorization header proves; undefined for any other header. */
export function provenEdge(secret: string, authorization: string | undefined): string | undefined {
  const [, token = ''] = /^Bearer ([A-Za-z0-9._-]{1,200})$/.exec(authorization ?? '') ?? [];
  const dot = token.lastIndexOf('.');
  const edge = token.slice(0, Math.max(0, dot));
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(edge)) return undefined;
  return tokensMatch(token, edgeToken(secret, edge)) ? edge : undefined;
}
