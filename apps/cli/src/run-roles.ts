/** Runs roles in this process until it is told to stop: by a signal, or because its supervisor is gone. */
import { type Config, ConfigMissing } from '@sluice/environment';
import { createLog, PortTaken } from '@sluice/telemetry';
import { CommandFailed, refused, unavailable, usage } from './exit.ts';
import { type RoleName, startRoles } from './roles.ts';
import { ChildFailed, type ChildMessage } from './up/child.ts';
import { takeLock } from './up/lock.ts';

const stopDeadlineMs = 8_000;
/** A process of an instance that was killed needs this long to end by itself. */
const lockWaitMs = 12_000;

export async function runRoles(names: readonly RoleName[], config: Config): Promise<void> {
  const log = createLog({ role: names[0] ?? 'roles', level: config.logLevel, format: config.logFormat });
  // A supervisor that was killed no longer reads what we print; that is no reason to die in the middle of something.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stopped = stopRequest();
  try {
    const lock = await takeLock(config.dataDir, names.join('+'), lockWaitMs);
    if (lock === undefined)
      throw refused(`${names.join('+')} runs already with the data folder ${config.dataDir}.`);
    const running = await startRoles(names, config);
    await tell({ kind: 'ready', ports: running.ports });
    log.debug({ reason: await stopped }, 'Stopping');
    setTimeout(() => process.exit(1), stopDeadlineMs).unref();
    await running[Symbol.asyncDispose]();
    lock.release();
    process.exit(0);
  } catch (error) {
    const failure = asFailure(error);
    log.error({}, failure.message);
    await tell({ kind: 'failed', status: failure.status, message: failure.message });
    process.exit(failure.status);
  }
}

/** Resolves when the supervisor has it, or there is none. */
function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(signal));
    // The channel closes when the supervisor ends, even by kill -9.
    if (process.connected) process.on('disconnect', () => resolve('supervisor gone'));
  });
}

/** What a failure to start means for the exit status. */
export function asFailure(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (error instanceof ChildFailed) return new CommandFailed(error.status, error.message);
  if (error instanceof ConfigMissing) return usage(error.message);
  if (error instanceof PortTaken || (error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return usage(
      error instanceof PortTaken ? error.message : `A port is taken by another program: ${String(error)}.`,
    );
  }
  return unavailable(error instanceof Error ? error.message : String(error));
}
