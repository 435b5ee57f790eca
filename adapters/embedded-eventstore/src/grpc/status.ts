/** The gRPC status codes that this server answers with, and the error that carries one out of a handler. */

import { isDamage, StoreFileError } from '../store/database.ts';

/** https://grpc.io/docs/guides/status-codes */
export const statusCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

export type StatusCode = (typeof statusCode)[keyof typeof statusCode];

/** How a call ends: a code, words for people, and trailers for the client (ASCII, lower-case names). */
export interface Status {
  readonly code: StatusCode;
  readonly message: string;
  readonly trailers?: Readonly<Record<string, string>>;
}

/** Ends the call of the handler that throws it. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: Status;

  constructor(status: Status) {
    super(status.message);
    this.status = status;
  }
}

export const invalidArgument = (message: string): GrpcError =>
  new GrpcError({ code: statusCode.invalidArgument, message });

/** The status of whatever a handler threw; what is neither a GrpcError nor a damaged file is told without detail. */
export function statusOf(error: unknown): Status {
  if (error instanceof GrpcError) return error.status;
  if (error instanceof StoreFileError) return { code: statusCode.dataLoss, message: error.message };
  if (isDamage(error))
    return { code: statusCode.dataLoss, message: 'The file of the event store is damaged' };
  return { code: statusCode.internal, message: 'The event store could not answer this request' };
}
