/** What went wrong with the api, in a sentence that helps. */
import { TRPCClientError } from '@trpc/client';

export interface Fault {
  readonly status: number;
  readonly message: string;
  /** Whether trying again may help. */
  readonly retry: boolean;
  /** The closed code of what was refused, where it was. */
  readonly refusal?: string;
}

interface ErrorData {
  readonly code?: string;
  readonly httpStatus?: number;
  readonly refusal?: string;
}

const away: Fault = {
  status: 502,
  message:
    'The service does not answer at the moment. Mail is still being filtered; please try again shortly.',
  retry: true,
};

/** Any error of a call, as status and sentence. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof TRPCClientError)) {
    return { status: 500, message: 'Something went wrong here. Please try again.', retry: true };
  }
  const { code, httpStatus, refusal } = (error.data ?? {}) as ErrorData;
  if (code === undefined || httpStatus === undefined) return away;
  if (code === 'SERVICE_UNAVAILABLE' || code === 'TIMEOUT') {
    return { status: 503, message: error.message || away.message, retry: true };
  }
  const fault = { status: httpStatus, message: readable(error.message), retry: httpStatus >= 500 };
  return refusal === undefined ? fault : { ...fault, refusal };
}

/** The sentence alone, for toasts and forms. */
export const sentenceOf = (error: unknown): string => faultOf(error).message;

/** A refused input comes as a list of issues; a person wants the sentences. */
function readable(message: string): string {
  if (!message.startsWith('[')) return message;
  try {
    const issues = JSON.parse(message) as { path: (string | number)[]; message: string }[];
    return issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': ')).join('; ');
  } catch {
    return message;
  }
}
