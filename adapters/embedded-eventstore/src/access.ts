/** Who calls and what they may do: Basic authentication, and the access lists that streams have in their metadata. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { GrpcError, statusCode } from './grpc/status.ts';
import { accessDeniedStatus } from './protocol/errors.ts';
import type { EventLog } from './store/event-log.ts';
import type { AccessList, Roles } from './store/stream-settings.ts';
import { accessListOf, isMetastream, originalStreamOf, parseObject } from './store/stream-settings.ts';

export interface User {
  readonly name: string;
  readonly password: string;
  /** `$admins` may do everything. */
  readonly groups: readonly string[];
}

export type Operation = 'read' | 'write' | 'delete';

export interface Caller {
  may(operation: Operation, stream: string): boolean;
}

export interface Access {
  /** Throws GrpcError for a caller without credentials, or with wrong ones. */
  identify(headers: IncomingHttpHeaders): Caller;
}

/** Where nobody has to say who they are, as in EventStoreDB's insecure mode. */
export const openAccess: Access = { identify: () => ({ may: () => true }) };

/**
 * The official client sends no credentials over a connection without TLS. `byConnectionName` lets it say `name:password` as
 * the name of its connection, which it always sends; for a store that is reached from its own machine only.
 */
export function createAccess(
  users: readonly User[],
  { log, byConnectionName }: { readonly log: EventLog; readonly byConnectionName: boolean },
): Access {
  const known = new Map(users.map((user) => [user.name, { user, digest: digestOf(user.password) }]));
  const lists = createAccessLists(log);
  return {
    identify(headers) {
      const given = credentialsOf(
        basicCredentials(headers) ?? (byConnectionName ? connectionName(headers) : ''),
      );
      const entry = known.get(given.name);
      // Hashed in any case, so that the answer takes as long for a user that is unknown.
      const digest = digestOf(given.password);
      if (entry === undefined || !timingSafeEqual(digest, entry.digest)) throw unauthenticated();
      const { name, groups } = entry.user;
      if (groups.includes('$admins')) return { may: () => true };
      const roles = new Set(['$all', name, ...groups]);
      return { may: (operation, stream) => lists.of(operation, stream).some((role) => roles.has(role)) };
    },
  };
}

/** Throws GrpcError unless the caller may. */
export function authorize(caller: Caller, operation: Operation, stream: string): void {
  if (!caller.may(operation, stream)) throw new GrpcError(accessDeniedStatus);
}

const unauthenticated = (): GrpcError =>
  new GrpcError({ code: statusCode.unauthenticated, message: 'The credentials are missing or wrong' });

const digestOf = (password: string): Buffer => createHash('sha256').update(password).digest();

function basicCredentials({ authorization }: IncomingHttpHeaders): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}

function connectionName(headers: IncomingHttpHeaders): string {
  const name = headers['connection-name'];
  return typeof name === 'string' ? name : '';
}

/** `name:password`; the password may contain colons. */
function credentialsOf(text: string): { readonly name: string; readonly password: string } {
  const colon = text.indexOf(':');
  return { name: text.slice(0, Math.max(colon, 0)), password: text.slice(colon + 1) };
}

const listKeys = {
  stream: { read: '$r', write: '$w', delete: '$d' },
  metadata: { read: '$mr', write: '$mw', delete: '$mw' },
} as const;

interface AccessLists {
  /** The roles that may do this to the stream. */
  of(operation: Operation, stream: string): readonly string[];
}

function createAccessLists(log: EventLog): AccessLists {
  const defaults = (stream: string, key: keyof AccessList): Roles => {
    const isSystem = stream.startsWith('$');
    const event = log.find('$settings', 'last');
    const settings = event && parseObject(event.data);
    const list = accessListOf(settings?.[isSystem ? '$systemStreamAcl' : '$userStreamAcl']);
    return list?.[key] ?? (isSystem ? '$admins' : '$all');
  };
  return {
    of(operation, stream) {
      const isOfMetadata = isMetastream(stream);
      const original = isOfMetadata ? originalStreamOf(stream) : stream;
      const key = listKeys[isOfMetadata ? 'metadata' : 'stream'][operation];
      const roles = log.settings.of(original)?.acl?.[key] ?? defaults(original, key);
      return typeof roles === 'string' ? [roles] : roles;
    },
  };
}
