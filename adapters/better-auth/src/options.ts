/** How better-auth is set: what it may do, for how long, how often, and nothing that it would do by itself. */
import { randomUUID } from 'node:crypto';
import type { BetterAuthOptions } from 'better-auth';
import { passwordLength } from '@sluice/core/ports/credentials.ts';
import type { AuthDatabase } from './database.ts';

export interface SessionsOptions {
  readonly postgresUrl: string;
  /** At least 32 characters; another one ends all sessions. */
  readonly secret: string;
  /** Under which people reach the panel. */
  readonly publicUrl: string;
  /** Origins that may change something by the headers of a request, beside that of `publicUrl`. */
  readonly trustedOrigins: (headers: Headers) => readonly string[];
  /** What better-auth complains of; never holds a secret. */
  readonly onProblem?: (message: string) => void;
}

const day = 24 * 60 * 60;

/** Of one address, within a minute. */
const limits = { signIn: 10, password: 10, anything: 300 };

export function authOptions(
  { secret, publicUrl, trustedOrigins, onProblem }: SessionsOptions,
  { db }: AuthDatabase,
) {
  return {
    baseURL: new URL(publicUrl).origin,
    basePath: '/auth',
    secret,
    trustedOrigins: (request?: Request) => [...(request ? trustedOrigins(request.headers) : [])],
    database: { db, type: 'postgres', transaction: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
    },
    session: { expiresIn: 30 * day, updateAge: day },
    // What the database holds of an invitation opens nothing.
    verification: { storeIdentifier: 'hashed' },
    rateLimit: {
      enabled: true,
      window: 60,
      max: limits.anything,
      storage: 'memory',
      customRules: {
        '/sign-in/email': { window: 60, max: limits.signIn },
        '/reset-password': { window: 60, max: limits.password },
        '/change-password': { window: 60, max: limits.password },
      },
    },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message) => onProblem?.(message) },
    // Whoever serves us says what went wrong, in one place for all routes.
    onAPIError: { throw: true },
    advanced: {
      // Without these it checks no origin where it takes a process for a test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      cookiePrefix: 'sluice',
      useSecureCookies: publicUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      // Written by our own server from what it knows of the peer.
      ipAddress: { ipAddressHeaders: ['x-real-ip'] },
      database: { generateId: () => randomUUID() },
    },
  } satisfies BetterAuthOptions;
}
