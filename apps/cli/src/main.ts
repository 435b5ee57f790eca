/** Entry of the command line. */
import { type Command, CommanderError } from 'commander';
import { CommandFailed } from './exit.ts';
import { createProgram } from './program.ts';
import { asFailure } from './run-roles.ts';

/** Makes every command throw instead of ending the process, so that there is one place that says how it ended. */
function throwing(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) throwing(child);
  return command;
}

try {
  await throwing(createProgram()).parseAsync();
} catch (error) {
  process.exitCode = exitStatus(error);
}

function exitStatus(error: unknown): number {
  // Commander has said what it had to say; its own status for wrong usage is 1.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = error instanceof CommandFailed ? error : asFailure(error);
  console.error(failure.message);
  return failure.status;
}
