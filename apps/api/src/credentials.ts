/** From the token of a request to who calls and what they may see. */
import type { IncomingMessage } from 'node:http';
import { tokensMatch } from '@sluice/node-crypto';
import { type Caller, operatorCaller } from './access.ts';

/** The operator, for the operator's token; nobody for any other. */
export function authenticate(request: IncomingMessage, operatorToken: string): Caller | undefined {
  const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !tokensMatch(token, operatorToken)) return undefined;
  return operatorCaller();
}
