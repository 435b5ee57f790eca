/** `bayes versions`: which versions of a model judged the mail of a time; one of them can be undone as an incident. */
import type { Command } from 'commander';
import { apiCommand, type GlobalOptions, time, withApi } from '../options.ts';
import { printList } from '../output.ts';
import { finished } from '../replay-job.ts';

interface VersionOptions extends GlobalOptions {
  readonly domain: string;
  readonly check?: string;
  readonly since?: string;
  readonly until?: string;
}

const weekMs = 7 * 24 * 60 * 60_000;

const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

export const versionsCommand = (): Command =>
  apiCommand('versions', 'which versions judged the mail of a time, for sluice undo --model VERSION')
    .requiredOption('--domain <name>', 'whose mail')
    .option('--check <check>', 'another check that judges by a model (default: bayes)')
    .option('--since <time>', 'mail that came from then on (default: a week ago)', time)
    .option('--until <time>', 'and before then (default: now)', time)
    .action(async ({ domain, check, ...options }: VersionOptions) =>
      withApi(options, async ({ api }) => {
        const now = Date.now();
        const { since = new Date(now - weekMs).toISOString(), until = new Date(now).toISOString() } = options;
        const { versions } = api.training;
        const input = { domain, since, until, ...(check === undefined ? {} : { check }) };
        const { id } = await versions.start.mutate(input);
        const { report } = await finished({
          progress: () => versions.progress.query({ domain, id }),
          cancel: () => versions.cancel.mutate({ domain, id }),
        });
        printList(
          report?.versions ?? [],
          [
            { title: 'VERSION', value: (one) => one.version },
            { title: 'FIRST MAIL', value: (one) => minute(one.first) },
            { title: 'LAST MAIL', value: (one) => minute(one.last) },
            { title: 'JUDGED', value: (one) => one.mails },
            { title: 'FAILED', value: (one) => one.failed },
            { title: 'TAUGHT SPAM', value: (one) => one.spam },
            { title: 'TAUGHT WANTED', value: (one) => one.ham },
          ],
          { json: options.json === true, empty: 'No model judged mail in that time.' },
        );
        const { more = 0 } = report ?? {};
        if (more > 0 && options.json !== true) {
          console.log(`\n${more} older ones are left out; choose a shorter time.`);
        }
      }),
    );
