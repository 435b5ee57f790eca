/** Given events, when a command, then events or a refusal: how deciders are tested, one business sentence a test. */
import { expect } from 'vitest';
import type { CommandMetadata } from '../kernel/command.ts';
import { type Decider, fold } from '../kernel/decider.ts';
import type { Refusal } from '../kernel/result.ts';

/** Metadata for commands in tests: one fixed moment, the operator. */
export const testMetadata: CommandMetadata = {
  id: '01890000-0000-7000-8000-000000000001',
  now: '2026-11-22T12:00:00.000Z',
  actor: { kind: 'operator', id: 'operator' },
  correlationId: '01890000-0000-7000-8000-000000000002',
};

export interface Outcome<TEvent> {
  /** These events follow, and no other. */
  thenEvents(...expected: readonly TEvent[]): void;
  thenNothingHappens(): void;
  thenRefused(code: string): void;
}

export const deciderSpecification =
  <TState, TCommand, TEvent, TRefusal extends Refusal>(
    decider: Decider<TState, TCommand, TEvent, TRefusal>,
  ) =>
  (...events: readonly TEvent[]) => ({
    when(command: TCommand): Outcome<TEvent> {
      const decided = decider.decide(command, fold(decider, events));
      return {
        thenEvents: (...expected) => expect(decided).toEqual({ ok: true, value: expected }),
        thenNothingHappens: () => expect(decided).toEqual({ ok: true, value: [] }),
        thenRefused(code) {
          expect(decided).toMatchObject({ ok: false, error: { code } });
          if (!decided.ok) expect(decided.error.message).toMatch(/\S.*[.?!]$/);
        },
      };
    },
    /** State after the events. */
    state: () => fold(decider, events),
  });
