/** Which pages may change something with a user's cookies: our own only. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The origin under which this request was sent, as our panel's server tells it, or as we see it ourselves. */
export function ownOrigin(headers: IncomingHttpHeaders): string {
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return `${text('x-forwarded-proto') ?? 'http'}://${text('x-forwarded-host') ?? headers.host ?? ''}`;
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of another site sent a request that may change something. A page cannot choose the Origin that its browser
 * writes, nor set a header of a proxy or a token across sites without our leave, which we never give.
 */
export function isForeign(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  publicUrl: string | undefined,
): boolean {
  const { origin, authorization } = headers;
  if (safe.has(method) || authorization !== undefined || origin === undefined) return false;
  const own = [ownOrigin(headers), ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin])];
  return !own.includes(origin.toLowerCase());
}
