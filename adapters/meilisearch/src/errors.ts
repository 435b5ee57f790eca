/** What goes wrong with Meilisearch, said so that an operator knows what to do; and what passes by itself. */
import {
  MeilisearchApiError,
  MeilisearchRequestError,
  MeilisearchRequestTimeOutError,
  type MeilisearchErrorResponse,
} from 'meilisearch';

/** It cannot be reached, or has no time: the same may succeed later. */
export class SearchUnavailable extends Error {
  override readonly name = 'SearchUnavailable';
}

/** How a task ended is not to be known: it was deleted after its end, or the key may not see tasks of its kind. */
export class TaskUnknown extends SearchUnavailable {}

/** It does not do what it is asked, and will not do so later either. `code` is Meilisearch's own. */
export class SearchRefused extends Error {
  override readonly name = 'SearchRefused';
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** Thrown by a writer whose index was swapped for another one: open a new writer, it knows its own checkpoint. */
export class IndexReplaced extends Error {
  override readonly name = 'IndexReplaced';
  constructor() {
    super('the quarantine index was replaced by a new one: open its writer');
  }
}

const keyCodes = new Set(['invalid_api_key', 'missing_authorization_header', 'missing_master_key']);

/**
 * Types of errors that say something about the machine and not about what was asked: a full disk, a full queue of tasks,
 * too many searches at once. Their HTTP status may be 422.
 */
const passingTypes = new Set(['internal', 'system']);

/** `where`: the address, without anything secret. */
export function explainFailure(error: unknown, where: string): Error {
  if (error instanceof MeilisearchApiError) return explainAnswer(error, where);
  if (error instanceof MeilisearchRequestError) {
    const { cause } = error;
    if (cause instanceof MeilisearchRequestTimeOutError)
      return new SearchUnavailable(
        `Meilisearch at ${where} did not answer within ${cause.cause.timeout / 1000} s`,
      );
    return new SearchUnavailable(`Meilisearch at ${where} cannot be reached (${reasonOf(cause)})`);
  }
  if (error instanceof SyntaxError)
    return new SearchUnavailable(`what answers at ${where} is not Meilisearch: its answer is no JSON`);
  return error instanceof Error ? error : new Error(String(error));
}

function explainAnswer({ cause, response, message }: MeilisearchApiError, where: string): Error {
  const code = cause?.code ?? '';
  if (keyCodes.has(code))
    return new SearchRefused(`Meilisearch at ${where} refuses the key in SLUICE_MEILI_KEY (${code})`, code);
  const said = `Meilisearch at ${where} answers ${response.status}: ${message}${code === '' ? '' : ` (${code})`}`;
  const passes = isPassing(response.status) || passingTypes.has(cause?.type ?? '');
  return passes ? new SearchUnavailable(said) : new SearchRefused(said, code);
}

const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;

export interface FailedTask {
  readonly uid: number;
  readonly type: string;
  readonly status: string;
  readonly error: MeilisearchErrorResponse | null;
}

export function explainTask({ uid, type, status, error }: FailedTask, where: string): Error {
  const what = `the task ${uid} (${type}) of Meilisearch at ${where}`;
  if (status === 'canceled') return new SearchUnavailable(`${what} was cancelled`);
  const code = error?.code ?? 'unknown';
  const said = `${what} failed: ${error?.message ?? 'it does not say why'} (${code})`;
  return passingTypes.has(error?.type ?? '') ? new SearchUnavailable(said) : new SearchRefused(said, code);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.message : String(cause);
}
