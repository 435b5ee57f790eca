/** Ctrl-C and its like: the first asks to stop cleanly, the second ends at once. */
import { CommandFailed, refused, unavailable } from '../exit.ts';

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Asks to stop for a reason of our own; the first one counts. */
  readonly stop: (reason: unknown) => void;
  /** How the command has to end. */
  reason(): CommandFailed;
}

const interrupted = refused('Stopped. Nothing is lost; run it again to go on.');

export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let reason: CommandFailed = interrupted;
  const stop = (why: unknown): void => {
    if (controller.signal.aborted) return;
    reason = why instanceof CommandFailed ? why : unavailable(`The import stopped: ${String(why)}.`);
    controller.abort();
  };
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(1);
    stop(interrupted);
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  return {
    signal: controller.signal,
    stop,
    reason: () => reason,
    [Symbol.dispose]() {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal);
    },
  };
}
