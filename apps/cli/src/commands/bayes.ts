/** `bayes`: what was taught, and teaching a domain, a mailbox or the whole service by mails in files. */
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { trainingLabels } from '@sluice/core/bayes/training.ts';
import { refused, usage } from '../exit.ts';
import { apiCommand, type GlobalOptions, withApi } from '../options.ts';
import { printThing } from '../output.ts';
import { versionsCommand } from './bayes-versions.ts';
import { configOrFail } from './config.ts';

interface Taught extends GlobalOptions {
  readonly domain?: string;
  readonly mailbox?: string;
  readonly service?: boolean;
}

interface TrainOptions extends Taught {
  readonly ham?: readonly string[];
  readonly spam?: readonly string[];
}

export function bayesCommands(): Command {
  const bayes = new Command('bayes').description('learned words: what was taught');
  bayes.addCommand(
    apiCommand('train', 'teach by mails in files; what was taught before is passed over')
      .option('--domain <name>', 'a domain is taught')
      .option('--mailbox <address>', 'one mailbox of it, and with it the domain')
      .option('--service', 'the base of all domains is taught')
      .option('--ham <path...>', 'wanted mail: folders, maildirs, mbox, .eml, .tar or .zip, also with .gz')
      .option('--spam <path...>', 'unwanted mail, likewise')
      .action(train),
  );
  bayes.addCommand(
    apiCommand('show', 'how many mails of each kind were taught')
      .option('--domain <name>', 'by this domain')
      .option('--mailbox <address>', 'by this mailbox of it alone')
      .option('--service', 'by the operator, for all domains')
      .action(async ({ ...options }: Taught) =>
        withApi(options, async ({ api }) => {
          const who = whoOf(options);
          const shown = await (who === 'service'
            ? api.training.showService.query({})
            : api.training.show.query(who));
          printThing(
            shown,
            [
              ['wanted mails', shown.ham],
              ['spam mails', shown.spam],
            ],
            { json: options.json === true },
          );
        }),
      ),
  );
  bayes.addCommand(versionsCommand());
  return bayes;
}

/** A domain, perhaps a mailbox of it; or the service. */
function whoOf({
  domain,
  mailbox,
  service,
}: Taught): 'service' | { readonly domain: string; readonly mailbox?: string } {
  if (service === true && domain === undefined && mailbox === undefined) return 'service';
  if (service === true || domain === undefined) throw usage('Say who: --domain NAME, or --service alone.');
  return mailbox === undefined ? { domain } : { domain, mailbox };
}

async function train(options: TrainOptions): Promise<void> {
  const who = whoOf(options);
  const places = trainingLabels.flatMap((as) => (options[as] ?? []).map((path) => ({ as, path })));
  if (places.length === 0) throw usage('Say what to learn from: --ham PATH, --spam PATH, or both.');
  for (const { path } of places) {
    await stat(path).catch((error: unknown) => {
      throw usage(`${path} cannot be read: ${(error as Error).message}.`);
    });
  }
  const { maxMessageBytes: maxBytes } = configOrFail();
  const { teachFiles, newTeaching } = await import('../bayes/teach-files.ts');
  const { findMails } = await import('@sluice/mail-files');
  await withApi(options, async ({ api }) => {
    const json = options.json === true;
    const done = newTeaching();
    for (const { as, path } of places) {
      const hand = (input: Parameters<typeof api.training.serviceFiles.mutate>[0]) =>
        who === 'service'
          ? api.training.serviceFiles.mutate(input)
          : api.training.files.mutate({ ...who, ...input });
      await teachFiles(findMails(path, { maxBytes }), { as, hand, done, json });
    }
    const { badFiles, ...counts } = done;
    printThing(
      { ...(who === 'service' ? {} : who), ...done },
      [
        who === 'service' ? ['for', 'the whole service'] : ['domain', who.domain],
        ['mails found', counts.found],
        ['wanted, new', counts.ham],
        ['spam, new', counts.spam],
        ['known before', counts.known],
        ['not read', counts.bad],
        ...badFiles.map(({ name, why }) => ['', `${name}: ${why}`] as const),
      ],
      { json },
    );
    if (counts.found === 0) throw refused('There are no mails in what was named.');
  });
}
