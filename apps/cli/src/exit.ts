/** How a command ends: 0 done; 1 refused or not found; 2 usage or configuration; 3 a part is not available. */

export type ExitStatus = 0 | 1 | 2 | 3;

/** Ends the command with a sentence for the person who gave it. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly status: ExitStatus;
  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}

export const usage = (message: string): CommandFailed => new CommandFailed(2, message);
export const refused = (message: string): CommandFailed => new CommandFailed(1, message);
export const unavailable = (message: string): CommandFailed => new CommandFailed(3, message);
