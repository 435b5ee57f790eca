/** The whole command line, put together. */
import { Command } from 'commander';
import { accountCommands } from './commands/accounts.ts';
import { bayesCommands } from './commands/bayes.ts';
import { configCommands } from './commands/config.ts';
import { decisionCommands } from './commands/decisions.ts';
import { domainCommands } from './commands/domains.ts';
import { edgeTokenCommand } from './commands/edge.ts';
import { withEventstoreCommands } from './commands/eventstore.ts';
import { mailCommands, quarantineCommands } from './commands/mails.ts';
import {
  archiveCommands,
  eventCommands,
  projectionCommands,
  queueCommands,
  statusCommand,
} from './commands/operations.ts';
import { processCommands } from './commands/processes.ts';
import { serviceListCommands } from './commands/service-list.ts';
import { undoCommands } from './commands/undo.ts';
import { userCommands } from './commands/users.ts';
import { whatIfCommands } from './commands/whatif.ts';

const examples = `
Examples
  sluice up                                         start everything
  sluice domain add example.org --vouch             protect a domain
  sluice domain route example.org smtp://mail.example.org
  sluice quarantine search invoice --domain example.org
  sluice mail show ID                               why it was refused
  sluice mail release ID                            deliver it after all

Exit status: 0 done; 1 refused or not found; 2 usage or configuration; 3 a part is not available.`;

export function createProgram(): Command {
  const program = new Command('sluice')
    .description('Mail filtering that keeps what it refuses.')
    .showHelpAfterError('(--help tells more)')
    .addHelpText('after', examples);
  const [up, ...roles] = processCommands();
  if (up !== undefined) program.addCommand(up);
  for (const command of [
    statusCommand(),
    accountCommands(),
    userCommands(),
    domainCommands(),
    serviceListCommands(),
    mailCommands(),
    quarantineCommands(),
    decisionCommands(),
    whatIfCommands(),
    undoCommands(),
    bayesCommands(),
    projectionCommands(),
    queueCommands(),
    archiveCommands(),
    eventCommands(),
    configCommands(),
    edgeTokenCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const role of roles) {
    program.addCommand(role.name() === 'eventstore' ? withEventstoreCommands(role) : role);
  }
  return program;
}
