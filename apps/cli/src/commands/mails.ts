/** Commands about mails and the quarantine. */
import { Command, Option } from 'commander';
import { type TrainingLabel, trainingLabels } from '@sluice/core/bayes/training.ts';
import { fetchRaw } from '../client.ts';
import { apiCommand, type GlobalOptions, time, wholeNumber, withApi } from '../options.ts';
import { printJson, printList, printThing } from '../output.ts';
import { printMail } from '../print-mail.ts';
import { judgeCommand } from './judge.ts';

export function mailCommands(): Command {
  const mail = new Command('mail').description('one mail: why it was judged so, its bytes, its release');
  for (const command of [list(), show(), raw(), release(), train(), judgeCommand()]) mail.addCommand(command);
  return mail;
}

interface ListOptions extends GlobalOptions {
  readonly domain?: string;
  readonly verdict?: ('accept' | 'tag' | 'hold' | 'reject' | 'defer')[];
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

const list = (): Command =>
  apiCommand('list', 'mails, newest first: accepted ones too')
    .option('--domain <name>', 'of one domain')
    .option('--verdict <verdict...>', 'accept, tag, hold, reject')
    .option('--since <time>', 'from then on', time)
    .option('--until <time>', 'before then', time)
    .option('--limit <n>', 'at most this many (default: 50)', wholeNumber)
    .option('--cursor <cursor>', 'go on where the last list ended')
    .action(async ({ json, url: _url, token: _token, verdict, ...filter }: ListOptions, command: Command) =>
      withApi(command.opts<GlobalOptions>(), async ({ api }) => {
        const page = await api.mails.list.query({ ...filter, ...(verdict && { verdicts: verdict }) });
        printList(
          page.items,
          [
            { title: 'ID', value: (one) => one.id },
            { title: 'RECEIVED', value: (one) => one.receivedAt.slice(0, 19) },
            { title: 'VERDICT', value: (one) => one.verdict },
            { title: 'REASON', value: (one) => one.reason },
            { title: 'SENDER', value: (one) => one.sender || '<>', max: 32 },
            { title: 'SUBJECT', value: (one) => one.subject, max: 40 },
            { title: 'DELIVERY', value: (one) => one.delivery },
          ],
          { json: json === true, empty: 'No mail yet.', next: page.next },
        );
      }),
    );

const show = (): Command =>
  apiCommand('show', 'why a mail was judged as it was, check by check')
    .argument('<id>')
    .action(async (id: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const [shown, settings] = await Promise.all([
          api.mails.show.query({ id }),
          api.mails.settings.query({ id }),
        ]);
        if (options.json === true) printJson({ ...shown, settings });
        else printMail(shown, settings.differences);
      }),
    );

const raw = (): Command =>
  apiCommand('raw', 'the bytes of a kept mail, as received')
    .argument('<id>')
    .action(async (id: string, options: GlobalOptions) =>
      withApi(options, async (connection) => {
        const bytes = await fetchRaw(connection, id);
        if (options.json === true) printJson({ id, raw: Buffer.from(bytes).toString('base64') });
        else await new Promise((resolve) => process.stdout.write(bytes, resolve));
      }),
    );

const release = (): Command =>
  apiCommand('release', 'deliver quarantined mails after all')
    .argument('<id...>')
    .option('--to <address>', 'deliver to this address instead')
    .action(async (ids: string[], options: GlobalOptions & { readonly to?: string }) =>
      withApi(options, async ({ api }) => {
        const { items } = await api.mails.release.mutate({ ids, ...(options.to && { to: options.to }) });
        printList(
          items,
          [
            { title: 'ID', value: (one) => one.id },
            {
              title: 'RELEASED',
              value: (one) => (one.released ? 'yes' : 'no: it is on its way, or was delivered'),
            },
          ],
          { json: options.json === true, empty: 'Nothing was released.' },
        );
      }),
    );

interface TrainOptions extends GlobalOptions {
  readonly as: TrainingLabel;
  readonly mailbox?: string;
}

const train = (): Command =>
  apiCommand('train', 'say of a kept mail what it is; the last word about it counts')
    .argument('<id>')
    .addOption(new Option('--as <kind>', 'what it is').choices([...trainingLabels]).makeOptionMandatory())
    .option('--mailbox <address>', 'counts for this recipient (default: for all it was sent to)')
    .action(async (id: string, { as, mailbox, ...options }: TrainOptions) =>
      withApi(options, async ({ api }) => {
        const taught = await api.training.mail.mutate({ id, as, ...(mailbox && { mailbox }) });
        printThing(
          taught,
          [
            ['mail', id],
            ['taught as', as === 'ham' ? 'wanted' : 'spam'],
          ],
          { json: options.json === true },
        );
      }),
    );

interface SearchOptions extends GlobalOptions {
  readonly domain?: string;
  readonly since?: string;
  readonly until?: string;
  readonly reason?: string;
  readonly check?: string;
  readonly sender?: string;
  readonly recipient?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export function quarantineCommands(): Command {
  const quarantine = new Command('quarantine').description('refused and held mail');
  quarantine.addCommand(
    apiCommand('search', 'find by words of subject, body, sender, recipients and attachment names')
      .argument('[query]', 'words; "a phrase"; -without; begin*')
      .option('--domain <name>', 'in one domain')
      .option('--since <time>', 'from then on', time)
      .option('--until <time>', 'before then', time)
      .option('--reason <reason>', 'like spf-fail')
      .option('--check <check>', 'like spf')
      .option('--sender <address>', 'an address or a part of it')
      .option('--recipient <address>', 'an address or a part of it')
      .option('--limit <n>', 'at most this many (default: 50)', wholeNumber)
      .option('--cursor <cursor>', 'go on where the last list ended')
      .action(async (text: string | undefined, options: SearchOptions) =>
        withApi(options, async ({ api }) => {
          const { json, url: _url, token: _token, ...filter } = options;
          const page = await api.quarantine.search.query({ ...filter, ...(text && { text }) });
          printList(
            page.items,
            [
              { title: 'ID', value: (one) => one.id },
              { title: 'RECEIVED', value: (one) => one.receivedAt.slice(0, 19) },
              { title: 'REASON', value: (one) => one.reason },
              { title: 'SENDER', value: (one) => one.sender || '<>', max: 32 },
              { title: 'RECIPIENT', value: (one) => one.recipients[0], max: 28 },
              { title: 'SUBJECT', value: (one) => one.subject, max: 48 },
            ],
            { json: json === true, empty: 'Nothing found.', next: page.next },
          );
        }),
      ),
  );
  return quarantine;
}
