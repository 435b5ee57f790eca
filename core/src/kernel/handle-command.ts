/** The command handler of any aggregate: load, fold, decide, append at the revision that was read. */
import type { AppendError, EventStore } from '../ports/event-store.ts';
import type { Command } from './command.ts';
import type { Decider } from './decider.ts';
import type { DomainEvent, NewEvent, Position } from './event.ts';
import type { EventCodec } from './event-codec.ts';
import { eventId } from './hash.ts';
import { fail, ok, refuse, type Refusal, type Result } from './result.ts';

export interface Aggregate<
  TState,
  TCommand extends Command,
  TEvent extends DomainEvent,
  TRefusal extends Refusal,
> {
  readonly decider: Decider<TState, TCommand, TEvent, TRefusal>;
  readonly codec: EventCodec<TEvent>;
  readonly store: EventStore;
  /** Asked with what would come of a command, before anything of it is stored: whether who asks may do that. */
  readonly consent?: (before: TState, after: TState) => Promise<Result<void, TRefusal | HandlingRefusal>>;
}

export interface CommandTarget {
  readonly stream: string;
  /** Key under which personal parts are sealed. */
  readonly keyId: string;
  readonly accountId?: string;
  readonly domainId?: string;
}

export interface Handled<TState> {
  /** State after the command. */
  readonly state: TState;
  /** Last revision of the stream; -1 for one that still has no event. */
  readonly revision: number;
  /** Position of the last event of this command; undefined if nothing had to happen. */
  readonly position: Position | undefined;
}

export type HandlingRefusal = Refusal<'conflict' | 'unavailable' | 'erased' | 'damaged'>;

export interface Loaded<TState> {
  readonly state: TState;
  readonly revision: number;
}

const maxConflicts = 5;

/** Handles one command; repeats only where somebody else appended in between. */
export async function handleCommand<
  TState,
  TCommand extends Command,
  TEvent extends DomainEvent,
  TRefusal extends Refusal,
>(
  aggregate: Aggregate<TState, TCommand, TEvent, TRefusal>,
  target: CommandTarget,
  command: TCommand,
): Promise<Result<Handled<TState>, TRefusal | HandlingRefusal>> {
  for (let conflicts = 0; conflicts < maxConflicts; conflicts++) {
    const loaded = await loadState(aggregate, target.stream);
    if (!loaded.ok) return loaded;
    const decided = aggregate.decider.decide(command, loaded.value.state);
    if (!decided.ok) return decided;
    if (decided.value.length === 0) return ok({ ...loaded.value, position: undefined });
    const after = await consented(aggregate, loaded.value.state, decided.value);
    if (!after.ok) return after;
    const encoded = await encodeAll(aggregate.codec, { target, command, events: decided.value });
    if (!encoded.ok) return encoded;
    const expected = loaded.value.revision < 0 ? 'no-stream' : loaded.value.revision;
    const appended = await aggregate.store.append(target.stream, encoded.value, expected);
    if (appended.ok) {
      const { revision, position } = appended.value;
      return ok({ state: after.value, revision, position });
    }
    if (appended.error.code !== 'wrong-expected-revision') return fail(appendRefusal(appended.error));
  }
  return refuse('conflict', 'Somebody else keeps changing this at the same moment; try again.');
}

/** What the state becomes by these events, unless whoever is asked says no. */
async function consented<
  TState,
  TCommand extends Command,
  TEvent extends DomainEvent,
  TRefusal extends Refusal,
>(
  { decider, consent }: Aggregate<TState, TCommand, TEvent, TRefusal>,
  before: TState,
  events: readonly TEvent[],
): Promise<Result<TState, TRefusal | HandlingRefusal>> {
  let after = before;
  for (const event of events) after = decider.evolve(after, event);
  const answer = (await consent?.(before, after)) ?? ok(undefined);
  return answer.ok ? ok(after) : answer;
}

/** The state of a stream now, or as it was: after a revision (included), or at an ISO 8601 time by the store's clock. */
export async function loadState<TState, TEvent extends DomainEvent>(
  aggregate: {
    readonly decider: { evolve(state: TState, event: TEvent): TState; readonly initialState: TState };
    readonly codec: EventCodec<TEvent>;
    readonly store: EventStore;
  },
  stream: string,
  asOf?: number | string,
): Promise<Result<Loaded<TState>, HandlingRefusal>> {
  let state = aggregate.decider.initialState;
  let revision = -1;
  const options = typeof asOf === 'number' ? { limit: asOf + 1 } : {};
  for await (const recorded of aggregate.store.readStream(stream, options)) {
    if (typeof asOf === 'string' && isAfter(recorded.recordedAt, asOf)) continue;
    const decoded = await aggregate.codec.decode(recorded);
    if (!decoded.ok) {
      return decoded.error.code === 'erased'
        ? refuse('erased', 'The personal data of this has been erased, so it can no longer be changed.')
        : refuse('damaged', `Event ${recorded.id} of ${stream} cannot be read: ${decoded.error.code}.`);
    }
    state = aggregate.decider.evolve(state, decoded.value);
    revision = recorded.revision;
  }
  return ok({ state, revision });
}

const isAfter = (one: string, other: string): boolean =>
  Temporal.Instant.compare(Temporal.Instant.from(one), Temporal.Instant.from(other)) > 0;

async function encodeAll<TEvent extends DomainEvent>(
  codec: EventCodec<TEvent>,
  { target, command, events }: { target: CommandTarget; command: Command; events: readonly TEvent[] },
): Promise<Result<readonly NewEvent[], HandlingRefusal>> {
  const { id, now, actor, correlationId, causationId } = command.metadata;
  const encoded: NewEvent[] = [];
  for (const [index, event] of events.entries()) {
    const result = await codec.encode(event, {
      id: eventId(id, target.stream, index),
      keyId: target.keyId,
      metadata: {
        actor,
        at: now,
        correlationId,
        causationId: causationId ?? id,
        ...(target.accountId === undefined ? {} : { accountId: target.accountId }),
        ...(target.domainId === undefined ? {} : { domainId: target.domainId }),
      },
    });
    if (!result.ok)
      return refuse('erased', `Key ${target.keyId} does not exist any more; nothing was stored.`);
    encoded.push(result.value);
  }
  return ok(encoded);
}

const appendRefusal = (error: AppendError): HandlingRefusal =>
  error.code === 'unavailable'
    ? { code: 'unavailable', message: 'The event store does not answer; try again in a moment.' }
    : { code: 'damaged', message: `The event store refused the change: ${error.code}.` };
