/** What can be wrong when the embedded PostgreSQL is started or stopped, each with one sentence that says what to do. */

export type EmbeddedPostgresErrorCode =
  /** An option is not usable as it is. */
  | 'configuration'
  /** There are no binaries for this machine, or they do not run on it. */
  | 'unsupported-platform'
  /** We run as root, and there is no unprivileged user to run the server as. */
  | 'no-user'
  /** The server's user cannot reach the data, or the data have gone from where they were put. */
  | 'unreachable'
  /** Another process of ours, still alive, runs a server on the same folder. */
  | 'in-use'
  | 'port-taken'
  /** The folder holds a database that was made with another password. */
  | 'wrong-password'
  | 'init-failed'
  | 'start-failed'
  | 'timeout';

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
