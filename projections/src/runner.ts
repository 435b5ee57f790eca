/** Keeps one projection going, and holds it where a rebuild is to take its place. */
import type { FollowOptions, Observer } from './follow-options.ts';
import { follow } from './follow.ts';
import type { ProjectionMetrics } from './metrics.ts';
import { messageOf } from './pause.ts';
import type { ProjectionName } from './projection.ts';

/** catching-up: behind the log since its start; live: up with it; stalled: trying again; stopped: an operator is needed. */
export interface RunnerState {
  readonly status: 'catching-up' | 'live' | 'stalled' | 'stopped';
  /** What is wrong, in one sentence. */
  readonly message?: string;
}

export interface Runner {
  readonly name: ProjectionName;
  state(): RunnerState;
  /** Does the work while nothing is written to the projection, then goes on from the checkpoint. */
  whileHeld(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export type RunnerOptions<TChange> = Omit<FollowOptions<TChange>, 'observer' | 'signal' | 'untilCaughtUp'> & {
  readonly metrics: ProjectionMetrics;
  /** Milliseconds since 1970, for the lag. */
  readonly nowMs: () => number;
};

export function startRunner<TChange>(options: RunnerOptions<TChange>): Runner {
  const { name } = options.projection;
  let state: RunnerState = { status: 'catching-up' };
  const setState = (next: RunnerState): void => {
    state = next;
    options.metrics.following(name, next.status === 'live');
  };
  const observer = createObserver(options, setState, () => state);

  let stopping = new AbortController();
  const run = async (): Promise<void> => {
    const { signal } = stopping;
    try {
      await follow({ ...options, observer, signal });
    } catch (error) {
      const message = messageOf(error);
      options.log.error({ projection: name, error: message }, 'A projection has stopped.');
      setState({ status: 'stopped', message });
    }
  };
  let running = run();

  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  return {
    name,
    state: () => state,
    async whileHeld(work) {
      await stop();
      try {
        await work();
      } finally {
        stopping = new AbortController();
        setState({ status: 'catching-up' });
        running = run();
      }
    },
    close: stop,
  };
}

function createObserver<TChange>(
  { projection: { name }, metrics, nowMs }: RunnerOptions<TChange>,
  setState: (state: RunnerState) => void,
  getState: () => RunnerState,
): Observer {
  let wasLive = false;
  return {
    committed({ events, isCaughtUp }) {
      wasLive ||= isCaughtUp;
      const status = wasLive ? 'live' : 'catching-up';
      if (getState().status !== status) setState({ status });
      const last = events.at(-1);
      if (last !== undefined) metrics.committed(name, events.length, nowMs() - Date.parse(last.recordedAt));
    },
    parked: () => metrics.parked(name),
    stalled: (message) => setState({ status: 'stalled', message }),
  };
}
