/** `bayes`: what a domain has taught, and teaching it by mails in files. */
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { trainingLabels } from '@sluice/core/bayes/training.ts';
import { refused, usage } from '../exit.ts';
import { apiCommand, type GlobalOptions, withApi } from '../options.ts';
import { printThing } from '../output.ts';
import { configOrFail } from './config.ts';

interface TrainOptions extends GlobalOptions {
  readonly domain: string;
  readonly ham?: readonly string[];
  readonly spam?: readonly string[];
}

export function bayesCommands(): Command {
  const bayes = new Command('bayes').description('learned words: what a domain has taught');
  bayes.addCommand(
    apiCommand('train', 'teach by mails in files; what was taught before is passed over')
      .requiredOption('--domain <name>', 'who is taught')
      .option('--ham <path...>', 'wanted mail: folders, maildirs, mbox, .eml, .tar or .zip, also with .gz')
      .option('--spam <path...>', 'unwanted mail, likewise')
      .action(train),
  );
  bayes.addCommand(
    apiCommand('show', 'how many mails of each kind a domain has taught')
      .requiredOption('--domain <name>', 'of which domain')
      .action(async ({ domain, ...options }: GlobalOptions & { readonly domain: string }) =>
        withApi(options, async ({ api }) => {
          const shown = await api.training.show.query({ domain });
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
  return bayes;
}

async function train({ domain, ...options }: TrainOptions): Promise<void> {
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
      const hand = (input: Parameters<typeof api.training.files.mutate>[0]) =>
        api.training.files.mutate(input);
      await teachFiles(findMails(path, { maxBytes }), { domain, as, hand, done, json });
    }
    const { badFiles, ...counts } = done;
    printThing(
      { domain, ...done },
      [
        ['domain', domain],
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
