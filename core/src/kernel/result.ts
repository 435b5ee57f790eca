/** Expected failures as values: a function that may refuse returns one of these instead of throwing. */

export type Result<T, TError> = Ok<T> | Failure<TError>;

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Failure<TError> {
  readonly ok: false;
  readonly error: TError;
}

/** A failure that a person may read: a closed code for programs, one sentence that says what to do for people. */
export interface Refusal<TCode extends string = string> {
  readonly code: TCode;
  readonly message: string;
}

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

export const fail = <TError>(error: TError): Failure<TError> => ({ ok: false, error });

export const refuse = <TCode extends string>(code: TCode, message: string): Failure<Refusal<TCode>> =>
  fail({ code, message });
