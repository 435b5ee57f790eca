/** What we know of a request, as headers for those behind us; what the client says of itself under these names is dropped. */
import type { IncomingMessage } from 'node:http';

export interface ClientFacts {
  readonly 'x-forwarded-host': string;
  readonly 'x-forwarded-proto': 'http' | 'https';
  readonly 'x-forwarded-for': string;
  readonly 'x-real-ip': string;
}

export function clientFacts(request: IncomingMessage, publicUrl: URL | undefined): ClientFacts {
  const host = request.headers.host ?? '';
  // Only under its public name a proxy with a certificate stands before us.
  const isPublic = publicUrl !== undefined && host.toLowerCase() === publicUrl.host;
  const address = clientAddress(request, isPublic);
  return {
    'x-forwarded-host': host,
    'x-forwarded-proto': isPublic && publicUrl.protocol === 'https:' ? 'https' : 'http',
    'x-forwarded-for': address,
    'x-real-ip': address,
  };
}

/** A proxy is believed where it is on this machine and we are reached by our public name: its own entry is the last one. */
function clientAddress({ socket, headers }: IncomingMessage, isPublic: boolean): string {
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  const isLocal = peer === '::1' || peer.startsWith('127.');
  return isPublic && isLocal && forwarded ? forwarded : peer;
}
