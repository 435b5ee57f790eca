/** From the token of a request to who calls and what they may see. */
import type { IncomingMessage } from 'node:http';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { tokensMatch } from '@sluice/node-crypto';
import type { Caller } from './trpc.ts';

/** The operator, for the operator's token; nobody for any other. */
export function authenticate(request: IncomingMessage, operatorToken: string): Caller | undefined {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !tokensMatch(token, operatorToken)) return undefined;
  return { actor: { kind: 'operator', id: 'operator' }, scope: operatorScope() };
}
