/** `domain thresholds`: of the domain, or of one mailbox of it. */
import type { Command } from 'commander';
import { usage } from '../exit.ts';
import { apiCommand, type GlobalOptions } from '../options.ts';
import type { Changed, Settings } from './domain-settings.ts';

interface ThresholdOptions extends GlobalOptions {
  readonly tag?: string;
  readonly hold?: string;
  readonly reject?: string;
  readonly mailbox?: string;
  readonly remove?: boolean;
}

type Change = (options: GlobalOptions, work: (settings: Settings) => Promise<Changed>) => Promise<void>;

export const thresholdsCommand = (change: Change): Command =>
  apiCommand('thresholds', 'points from which mail is tagged, held and refused')
    .argument('<name>')
    .option('--tag <points>', 'accepted, but marked from so many')
    .option('--hold <points>', 'held in the quarantine from so many')
    .option('--reject <points>', 'refused from so many')
    .option('--mailbox <address>', 'for one mailbox only')
    .option('--remove', 'with --mailbox: those of the domain hold for it again')
    .action((domain: string, { tag, hold, reject, mailbox, remove, ...options }: ThresholdOptions) => {
      if (remove === true) {
        if (mailbox === undefined)
          throw usage('Name the mailbox whose thresholds are to go: --mailbox ADDRESS.');
        return change(options, (settings) => settings.removeMailboxThresholds.mutate({ domain, mailbox }));
      }
      if (tag === undefined || hold === undefined || reject === undefined) {
        throw usage('Thresholds are three: --tag, --hold and --reject.');
      }
      const points = { domain, tag: Number(tag), hold: Number(hold), reject: Number(reject) };
      return change(options, (settings) =>
        mailbox === undefined
          ? settings.thresholds.mutate(points)
          : settings.mailboxThresholds.mutate({ ...points, mailbox }),
      );
    });
