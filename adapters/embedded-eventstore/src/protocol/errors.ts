/** What goes wrong with a stream, as clients understand it: a status, and trailers that name the exception. */
import type { Expected } from '../store/requests.ts';
import type { Status } from '../grpc/status.ts';
import { GrpcError, statusCode } from '../grpc/status.ts';

/** Characters of a name in a trailer: clients drop a connection whose trailers are longer than 64 KiB when encoded. */
const longestName = 4096;
/** Characters of a name in a sentence. */
const longestMention = 256;

const beginning = (stream: string, length: number): string =>
  stream.length > length ? `${stream.slice(0, length)}…` : stream;

/** Trailers are printable ASCII without blanks at their ends, and clients take them as they are; other names are percent-encoded. */
function asciiName(stream: string): string {
  const name = beginning(stream, longestName);
  return /^[!-~]([ -~]*[!-~])?$/.test(name) ? name : encodeURI(name.toWellFormed());
}

export const streamDeletedStatus = (stream: string): Status => ({
  code: statusCode.failedPrecondition,
  message: `Event stream '${beginning(stream, longestMention)}' is deleted.`,
  trailers: { exception: 'stream-deleted', 'stream-name': asciiName(stream) },
});

export const streamDeleted = (stream: string): GrpcError => new GrpcError(streamDeletedStatus(stream));

export const accessDeniedStatus: Status = {
  code: statusCode.permissionDenied,
  message: 'Access Denied',
  trailers: { exception: 'access-denied' },
};

/** The words for an expected revision are numbers below zero here, as in EventStoreDB. */
const expectedNumbers = { any: -2, 'no-stream': -1, 'stream-exists': -4 } as const;

export const wrongExpectedVersionStatus = (
  { stream, expected }: { readonly stream: string; readonly expected: Expected },
  actual: number | 'no-stream',
): Status => ({
  code: statusCode.failedPrecondition,
  message: `Wrong expected version of stream '${beginning(stream, longestMention)}'.`,
  trailers: {
    exception: 'wrong-expected-version',
    'stream-name': asciiName(stream),
    'expected-version': String(typeof expected === 'number' ? expected : expectedNumbers[expected]),
    ...(actual === 'no-stream' ? {} : { 'actual-version': String(actual) }),
  },
});
