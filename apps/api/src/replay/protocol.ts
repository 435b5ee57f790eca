/** What passes between the api and its threads that go over recorded decisions. */
import type { DataKey } from '@sluice/core/ports/vault.ts';
import type { QuestionKind, ReplayQuestions, Run } from '@sluice/core/replay/questions.ts';

/** What a thread is begun with. */
export interface ThreadSettings {
  readonly eventstoreUrl: string;
  /** As `SLUICE_CHECKS` names them. */
  readonly checks: string | undefined;
}

/** A question with its kind. */
export type Asked<K extends QuestionKind = QuestionKind> = {
  readonly [P in K]: { readonly kind: P; readonly question: ReplayQuestions[P] };
}[K];

export type ToThread =
  /** Runs that name this number will be about this question, until it is forgotten. */
  | { readonly type: 'question'; readonly number: number; readonly asked: Asked }
  | { readonly type: 'forget'; readonly number: number }
  /** One at a time. */
  | { readonly type: 'run'; readonly number: number; readonly run: Run }
  | { readonly type: 'key'; readonly keyId: string; readonly key: DataKey | undefined }
  /** It could not be found out. */
  | { readonly type: 'no-key'; readonly keyId: string };

export type FromThread =
  | { readonly type: 'answer'; readonly answer: unknown }
  | { readonly type: 'failed'; readonly isStoreAway: boolean; readonly message: string }
  /** Asks for a key; the same one is asked for once at a time. */
  | { readonly type: 'key'; readonly keyId: string };
