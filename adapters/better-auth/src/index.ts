/** Credentials and sessions of people. */
export { openSessions, type Sessions } from './open-sessions.ts';
export type { SessionsOptions } from './options.ts';
