/** `whatif`: proposed settings over the domain's own recorded mail, before they are saved. */
import { type Command, Option } from 'commander';
import type { Connection } from '../client.ts';
import { apiCommand, type GlobalOptions, settingPair, wholeNumber, withApi } from '../options.ts';
import { printJson } from '../output.ts';
import { printFlips, printMissing } from '../print-flips.ts';
import { type ProposalOptions, readProposal } from '../proposal.ts';
import { finished } from '../replay-job.ts';

interface WhatIfOptions extends GlobalOptions, ProposalOptions {
  readonly domain: string;
  readonly days?: number;
  readonly against?: 'now' | 'then';
  readonly samples?: number;
}

type Progress = Awaited<ReturnType<Connection['api']['whatif']['progress']['query']>>;

export const whatIfCommands = (): Command =>
  apiCommand('whatif', 'what settings would have done to the mail of the last days; nothing is changed')
    .requiredOption('--domain <name>', 'whose mail')
    .option(
      '--set <setting=value>',
      'like dnsbl.mode=reject or thresholds.reject=8; may be given several times',
      settingPair,
    )
    .option('--preset <preset>', 'start afresh from relaxed, balanced or strict')
    .option('--edition <n>', 'with this newer edition of its preset', wholeNumber)
    .option('--allow <pattern...>', 'with these on the allow list')
    .option('--block <pattern...>', 'with these on the block list')
    .option('--unallow <pattern...>', 'without these on the allow list')
    .option('--unblock <pattern...>', 'without these on the block list')
    .option('--mailbox <address>', 'thresholds and entries are for this mailbox only')
    .option('--remove-thresholds', 'with --mailbox: those of the domain hold for it again')
    .option('--days <n>', 'mail of the last so many days (default: 30)', wholeNumber)
    .addOption(
      new Option('--against <when>', 'compare with the settings of now, or with those of each mail’s time')
        .choices(['now', 'then'])
        .default('now'),
    )
    .option('--samples <n>', 'samples of each direction (default: 5)', wholeNumber)
    .action(async (options: WhatIfOptions) =>
      withApi(options, async ({ api }) => {
        const { domain, days, against, samples = 5 } = options;
        const input = {
          domain,
          proposal: readProposal(options),
          samples,
          ...(days && { days }),
          ...(against && { against }),
        };
        const { id, since, changes } = await api.whatif.start.mutate(input);
        const end = await finished({
          progress: () => api.whatif.progress.query({ domain, id }),
          cancel: () => api.whatif.cancel.mutate({ domain, id }),
        });
        if (options.json === true) printJson({ since, ...end });
        else print(end, { since, changes });
      }),
    );

function print(
  { report }: Progress,
  { since, changes }: { readonly since: string; readonly changes: readonly string[] },
): void {
  if (report === undefined) return;
  console.log(changes.length === 0 ? 'No change is proposed.' : changes.join('\n'));
  console.log(
    `\n${report.decisions} decisions since ${since.slice(0, 16).replace('T', ' ')} UTC judged again`,
  );
  if (report.erased > 0) console.log(`${report.erased} more are erased, and cannot be`);
  if (report.damaged > 0) console.log(`${report.damaged} more cannot be read`);
  printFlips('Refused, and would be accepted', report.toAccepted);
  printFlips('Accepted, and would be refused', report.toRefused);
  if (report.toRefused.mails > 0) {
    console.log('  A report only: accepted mail has been delivered, and its body is not kept.');
  }
  if (report.otherwise > 0) console.log(`\nOtherwise judged, with the same end: ${report.otherwise}`);
  printMissing(report.missing);
}
