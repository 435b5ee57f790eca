/** How often each token was seen in spam and in ham: what training adds up, in any order, and can take back. */
import type { TrainingLabel } from './training.ts';

/** Mails with the token, or of the model in all. */
export interface Count {
  readonly spam: number;
  readonly ham: number;
}

/** What one or several trainings change, by token; counts below zero take back. */
export interface CountChange {
  readonly mails: Count;
  readonly tokens: ReadonlyMap<number, Count>;
}

/** A mail whose label is new; `was`: what was said of it before. */
export interface Taught {
  readonly tokens: readonly number[];
  readonly as: TrainingLabel;
  readonly was?: { readonly tokens: readonly number[]; readonly as: TrainingLabel };
}

const nothing: Count = { spam: 0, ham: 0 };

const plus = (count: Count, label: TrainingLabel, by: 1 | -1): Count => ({
  ...count,
  [label]: count[label] + by,
});

/** The sum of what they change. Pure; the order of different mails does not matter. */
export function countChange(taught: Iterable<Taught>): CountChange {
  let mails = nothing;
  const tokens = new Map<number, Count>();
  const add = (some: readonly number[], label: TrainingLabel, by: 1 | -1): void => {
    mails = plus(mails, label, by);
    for (const token of some) tokens.set(token, plus(tokens.get(token) ?? nothing, label, by));
  };
  for (const { tokens: some, as, was } of taught) {
    if (was !== undefined) add(was.tokens, was.as, -1);
    add(some, as, 1);
  }
  return { mails, tokens };
}
