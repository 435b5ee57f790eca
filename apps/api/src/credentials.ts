/** From the token or the session of a request to who calls and what they may see. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Sessions } from '@sluice/better-auth';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { tokensMatch } from '@sluice/node-crypto';
import { type Database, membershipsOf } from '@sluice/postgres';
import { type Caller, operatorCaller, userCaller } from './access.ts';

export interface Identities {
  readonly db: Database;
  readonly sessions: Pick<Sessions, 'session'>;
  readonly operatorToken: string;
}

/** Cookie in which a user of several accounts chooses one; only ever one of their own. */
const accountCookie = 'sluice-account';

/** The operator for the operator's token; a user for a session; nobody for anything else. */
export async function authenticate(
  { db, sessions, operatorToken }: Identities,
  { headers }: Pick<IncomingMessage, 'headers'>,
): Promise<Caller | undefined> {
  if (headers.authorization !== undefined) {
    return isOperator(headers.authorization, operatorToken) ? operatorCaller() : undefined;
  }
  const person = await sessions.session(headers);
  if (person === undefined) return undefined;
  // Here a scope is made, so that there is none yet to ask with.
  const accounts = await membershipsOf(operatorScope(), db, person.userId);
  if (accounts === undefined) return undefined;
  const chosen = chosenAccount(headers);
  const account = accounts.find((one) => one.id === chosen) ?? accounts[0];
  const { userId: id, email, name } = person;
  return userCaller({ id, email, name }, accounts, account);
}

function isOperator(authorization: string, operatorToken: string): boolean {
  const [scheme, token = ''] = authorization.split(' ');
  return scheme?.toLowerCase() === 'bearer' && tokensMatch(token, operatorToken);
}

function chosenAccount({ cookie = '' }: IncomingHttpHeaders): string | undefined {
  const pairs = cookie.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === accountCookie)?.[1];
}
