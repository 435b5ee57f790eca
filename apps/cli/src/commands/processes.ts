/** Commands that run processes: everything at once, or roles one by one. */
import { Command } from 'commander';
import { type RoleName, roleNames } from '../roles.ts';
import { runRoles } from '../run-roles.ts';
import { configOrFail } from './config.ts';

const descriptions: Readonly<Record<RoleName, string>> = {
  eventstore: 'run the embedded event store',
  mx: 'run an edge: SMTP in, judge, deliver',
  intake: 'run the intake, where edges hand in what they decided',
  api: 'run the api',
  panel: 'run the panel',
  inbox: 'run the demo inbox',
  projections: 'run the projections',
  workers: 'run the workers',
};

export function processCommands(): readonly Command[] {
  const up = new Command('up')
    .description('start everything on this machine (npm start)')
    .action(async () => {
      const { up: start } = await import('../up/up.ts');
      await start(configOrFail());
    });
  const one = roleNames.map((role) =>
    new Command(role).description(descriptions[role]).action(() => runRoles([role], configOrFail())),
  );
  return [up, ...one];
}
