/** What the official client says when a store does not serve it, in words for whoever wrote the connection string. */

export interface StoreFailure {
  /** A sentence without its full stop, and without secrets. */
  readonly message: string;
  /** Whether another connection string (or certificate) is needed: to try again would not help. */
  readonly isConfiguration: boolean;
}

/** Thrown for a connection string that cannot be used; the message says why. */
export class ConnectionStringError extends Error {
  override readonly name = 'ConnectionStringError';
}

/** https://grpc.io/docs/guides/status-codes */
const unavailable = 14;
const unauthenticated = 16;

const configuration = (message: string): StoreFailure => ({ message, isConfiguration: true });
const passing = (message: string): StoreFailure => ({ message, isConfiguration: false });

/** Causes as Node and grpc-js word them, the first that fits. */
const causes: readonly (readonly [pattern: RegExp, failure: (match: RegExpExecArray) => StoreFailure])[] = [
  [
    /servername.*IP address/i,
    () =>
      configuration(
        'With TLS the connection string has to name the event store by host name, not by address',
      ),
  ],
  [
    /self-signed|unable to (?:verify|get)|certificate.*(?:signature|authority)/i,
    () =>
      configuration(
        'The certificate of the event store is signed by nobody known here: tlsCAFile in the connection string has to name who signed it',
      ),
  ],
  [
    /does not match certificate's altnames/i,
    () =>
      configuration(
        'The certificate of the event store is for another host name than the one in the connection string',
      ),
  ],
  [/certificate has expired/i, () => configuration('The certificate of the event store has expired')],
  [
    /wrong version number|packet length too long/i,
    () => configuration('The event store does not speak TLS: its connection string needs tls=false'),
  ],
  [
    /Name resolution failed for target (?:dns:)?(\S+)/,
    ([, target]) => passing(`There is no address for ${target}`),
  ],
  [
    /connect (ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT) (\S+)/,
    ([, , at]) => passing(`Nothing answers at ${trimmed(at)}`),
  ],
  [
    /Last error: Failed to connect/,
    () =>
      passing(
        'The event store ends the connection; where it speaks TLS, its connection string needs tls=true',
      ),
  ],
];

/** The address ends a sentence of grpc-js. */
const trimmed = (address = ''): string => address.replace(/\.$/, '');

const wrongPassword =
  'The event store refuses the user or the password (without TLS the client sends only connectionName=USER%3APASSWORD)';

export function explainFailure(error: unknown): StoreFailure {
  const message = error instanceof Error ? error.message || error.name : String(error);
  if (error instanceof ConnectionStringError) return configuration(message);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === unauthenticated) return configuration(wrongPassword);
  if (code !== unavailable) return passing(plain(message));
  for (const [pattern, failure] of causes) {
    const match = pattern.exec(message);
    if (match !== null) return failure(match);
  }
  return passing(plain(message));
}

/** Without what grpc-js puts around it. */
const plain = (message: string): string =>
  message.replace(/^\d+ [A-Z_]+: /, '').replace(/\.? Resolution note: $/, '');
