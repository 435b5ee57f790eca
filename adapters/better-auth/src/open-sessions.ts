/** Sign-in, sessions and credentials of people: the only place that knows better-auth. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { betterAuth } from 'better-auth';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import type { Credentials, Person } from '@sluice/core/ports/credentials.ts';
import { createCredentials } from './credentials.ts';
import { connectDatabase, migrate } from './database.ts';
import { authOptions, type SessionsOptions } from './options.ts';

export interface Sessions extends Credentials {
  /** Answers requests under /auth. Rejects where the database is away. */
  handler(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Whose session it is, by the cookie; undefined without a valid one. */
  session(headers: IncomingHttpHeaders): Promise<Person | undefined>;
  close(): Promise<void>;
}

/** All that better-auth offers beyond this is no business of a browser. */
const offered = new Set([
  'POST /auth/sign-in/email',
  'POST /auth/sign-out',
  'POST /auth/change-password',
  'POST /auth/reset-password',
  'GET /auth/get-session',
]);

export async function openSessions(options: SessionsOptions): Promise<Sessions> {
  const database = connectDatabase(options.postgresUrl);
  try {
    const settings = authOptions(options, database);
    await migrate(options.postgresUrl, settings);
    const auth = betterAuth(settings);
    const credentials = createCredentials((await auth.$context) as never);
    const handle = toNodeHandler(async (request: Request) => lasting(await auth.handler(request)));
    return {
      ...credentials,
      async handler(request, response) {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        if (offered.has(`${request.method} ${path}`)) return handle(request, response);
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ message: 'There is nothing here.' }));
      },
      async session(headers) {
        if (headers.cookie === undefined) return undefined;
        const found = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
        return found ? { userId: found.user.id, email: found.user.email, name: found.user.name } : undefined;
      },
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The longest that browsers keep a cookie, in seconds. */
const longest = 400 * 24 * 60 * 60;

/**
 * Lets the browser keep the cookie longer than the session: how long that lasts, row and use decide. Pages are made on our
 * side of the wire, so that a renewed cookie would not come to the browser.
 */
function lasting(response: Response): Response {
  const cookies = response.headers.getSetCookie();
  if (cookies.length === 0) return response;
  const headers = new Headers(response.headers);
  headers.delete('set-cookie');
  for (const cookie of cookies) {
    const isSession = cookie.includes('.session_token=') && !/; Max-Age=0\b/i.test(cookie);
    headers.append('set-cookie', isSession ? cookie.replace(/Max-Age=\d+/i, `Max-Age=${longest}`) : cookie);
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
