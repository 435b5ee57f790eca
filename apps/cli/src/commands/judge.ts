/** `mail judge`: how a mail would be judged. */
import { Command } from 'commander';
import type { JudgeOptions } from '../judge/dry-run.ts';

export const judgeCommand = (): Command =>
  new Command('judge')
    .description('dry run: how a mail would be judged, explained; works without a running instance')
    .argument('<file>', 'the mail, as received')
    .option(
      '--domain <name>',
      "under this domain's policy, as the edge knows it (default: the preset balanced)",
    )
    .option('--ip <address>', 'address of the client', '127.0.0.1')
    .option('--helo <name>', 'its name in HELO', 'localhost')
    .option('--from <address>', 'envelope sender', '')
    .option('--to <address...>', 'envelope recipients', ['postmaster@example.org'])
    .option('--json', 'print JSON')
    .action(async (file: string, options: JudgeOptions) => {
      // Parsers, scanners and resolvers are loaded only by the one command that needs them.
      const { dryRun } = await import('../judge/dry-run.ts');
      await dryRun(file, options);
    });
