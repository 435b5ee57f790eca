/** The decider of an aggregate, after Jérémie Chassaing: decide, evolve, an initial state, and when it is over. */
import type { Refusal, Result } from './result.ts';

export interface Decider<TState, TCommand, TEvent, TRefusal extends Refusal = Refusal> {
  /** What follows from a command in a state: events (none: nothing to do), or why not. Pure. */
  decide(command: TCommand, state: TState): Result<readonly TEvent[], TRefusal>;
  /** The state after an event. Total: an event that happened is never refused. */
  evolve(state: TState, event: TEvent): TState;
  readonly initialState: TState;
  /** True if nothing can happen any more: only such a stream may be compacted. */
  isTerminal(state: TState): boolean;
}

/** The state after all the events. */
export const fold = <TState, TEvent>(
  decider: { evolve(state: TState, event: TEvent): TState; readonly initialState: TState },
  events: Iterable<TEvent>,
): TState => {
  let state = decider.initialState;
  for (const event of events) state = decider.evolve(state, event);
  return state;
};
