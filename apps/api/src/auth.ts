/** The way of a request under /auth to the sign-ins: with what we know of its peer, and an origin that has been looked at. */
import type { IncomingMessage } from 'node:http';
import { isPrivateAddress } from '@sluice/core/policy/private-address.ts';
import { ownOrigin } from './origin.ts';

/**
 * Who is not our panel's server, on this machine or in our own network, does not get to say for whom it asks: sign-ins are
 * limited by address.
 */
export function prepareAuth(request: IncomingMessage): void {
  const { headers, socket } = request;
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (!isPrivateAddress(peer) || headers['x-real-ip'] === undefined) headers['x-real-ip'] = peer;
  // Not a browser: those always send it with what may change something.
  headers.origin ??= ownOrigin(headers);
}
