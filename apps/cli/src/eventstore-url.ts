/** Where the embedded event store lies, and how clients reach it. */
import { join, resolve } from 'node:path';
import type { Config } from '@sluice/environment';

/** The one user of the embedded event store; administrators may do everything. */
export const admin = 'admin';

export const eventstoreFile = (dataDir: string): string => join(dataDir, 'eventstore', 'events.db');

/**
 * How clients on this machine reach it. Over TLS the certificate has to be one for SLUICE_HOSTNAME. Without, the password goes as the
 * name of the connection: the official client sends no credentials then.
 */
export function eventstoreUrl(config: Config, port: number): string {
  const { eventstorePassword: password, eventstoreTlsCert: cert } = config;
  if (cert !== undefined) {
    const login = password === undefined ? '' : `${admin}:${encodeURIComponent(password)}@`;
    const ca = encodeURIComponent(resolve(cert));
    return `esdb://${login}${config.hostname}:${port}?tls=true&tlsCAFile=${ca}`;
  }
  const login = password === undefined ? '' : `&connectionName=${encodeURIComponent(`${admin}:${password}`)}`;
  return `esdb://localhost:${port}?tls=false${login}`;
}
