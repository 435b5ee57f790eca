/** Commands about domains: adding, looking, history, removal. */
import { Command } from 'commander';
import type { Connection } from '../client.ts';
import { apiCommand, type GlobalOptions, time, wholeNumber, withApi } from '../options.ts';
import { printJson, printList, printThing, safeText } from '../output.ts';
import { advice } from './advice.ts';
import { settingCommands } from './domain-settings.ts';

type Shown = Awaited<ReturnType<Connection['api']['domains']['show']['query']>>;

export function domainCommands(): Command {
  const domain = new Command('domain').description('protected domains: their route, policy and lists');
  for (const command of [add(), list(), show(), history(), advice(), remove(), ...settingCommands()])
    domain.addCommand(command);
  return domain;
}

interface AddOptions extends GlobalOptions {
  readonly account?: string;
  readonly preset?: 'relaxed' | 'balanced' | 'strict';
  readonly vouch?: boolean;
}

const add = (): Command =>
  apiCommand('add', 'add a domain; it receives mail once it is proven or vouched for')
    .argument('<name>', 'like example.org')
    .option('--vouch', 'you know that the account controls it')
    .option('--account <id>', 'owner (default: the only account)')
    .option('--preset <preset>', 'relaxed, balanced or strict (default: balanced)')
    .action(async (name: string, { account, preset, vouch, ...options }: AddOptions) =>
      withApi(options, async ({ api }) => {
        const input = {
          name,
          vouched: vouch === true,
          ...(account && { accountId: account }),
          ...(preset && { preset }),
        };
        const added = await api.domains.add.mutate(input);
        printThing(added, [['domain', added.id]], { json: options.json === true });
      }),
    );

const list = (): Command =>
  apiCommand('list', 'all domains').action(async (options: GlobalOptions) =>
    withApi(options, async ({ api }) => {
      const { items } = await api.domains.list.query({});
      printList(
        items,
        [
          { title: 'NAME', value: (one) => one.name },
          { title: 'STATUS', value: (one) => one.status },
          { title: 'PRESET', value: (one) => one.preset },
          { title: 'ROUTE', value: (one) => one.route.join(' ') || '(none)', max: 60 },
        ],
        {
          json: options.json === true,
          empty: 'No domains yet. Add one: sluice domain add example.org --vouch',
        },
      );
    }),
  );

const show = (): Command =>
  apiCommand('show', 'one domain with its whole policy')
    .argument('<name>')
    .option('--at <when>', 'as it was: a time, or a revision')
    .action(async (name: string, { at, ...options }: GlobalOptions & { readonly at?: string }) =>
      withApi(options, async ({ api }) => {
        const when = at === undefined ? {} : { at: /^\d{1,9}$/.test(at) ? Number(at) : time(at) };
        const shown = await api.domains.show.query({ domain: name, ...when });
        if (options.json === true) printJson(shown);
        else printDomain(shown);
      }),
    );

const thresholdsText = ({ tag, hold, reject }: Shown['thresholds']): string =>
  `tag ${tag}, hold ${hold}, reject ${reject}`;

function printDomain(shown: Shown): void {
  const { thresholds } = shown;
  printThing(
    shown,
    [
      ['domain', `${shown.name} (${shown.id})`],
      ['account', shown.accountId],
      ['status', shown.status],
      ['revision', shown.revision],
      ['route', shown.route.join(' ') || 'none: good mail waits'],
      ['preset', shown.preset],
      ['thresholds', thresholdsText(thresholds)],
      ...shown.mailboxThresholds.map((own): [string, string] => [
        '',
        `${own.mailbox}: ${thresholdsText(own)}`,
      ]),
      ['verdict header', shown.verdictHeader ? 'on' : 'off: only a marked mail tells'],
    ],
    { json: false },
  );
  console.log('\nChecks');
  for (const check of shown.checks) {
    const settings = Object.entries(check.settings).map(
      ([name, value]) => `${name}=${JSON.stringify(value)}`,
    );
    const mode = check.mode === 'score' ? `score ${check.weight}` : check.mode;
    console.log(`  ${check.name.padEnd(18)} ${mode.padEnd(10)} ${safeText(settings.join(' '))}`.trimEnd());
  }
  if (shown.lists.length > 0) console.log('\nLists');
  for (const entry of shown.lists) {
    const about = [entry.mailbox, entry.authenticated ? 'authenticated' : '', entry.expires, entry.note];
    console.log(
      `  ${entry.action.padEnd(6)} ${safeText([entry.pattern, ...about].filter(Boolean).join('  '))}`,
    );
  }
}

const history = (): Command =>
  apiCommand('history', 'every change of a domain, with who and when')
    .argument('<name>')
    .option('--limit <n>', 'at most this many (default: 50)', wholeNumber)
    .option('--cursor <cursor>', 'go on where the last list ended')
    .action(
      async (name: string, options: GlobalOptions & { readonly limit?: number; readonly cursor?: string }) =>
        withApi(options, async ({ api }) => {
          const { limit, cursor } = options;
          const page = await api.domains.history.query({
            domain: name,
            ...(limit && { limit }),
            ...(cursor && { cursor }),
          });
          printList(
            page.items.map(({ eventId, ...entry }) => ({ id: eventId, ...entry })),
            [
              { title: 'AT', value: (one) => one.at },
              { title: 'WHO', value: (one) => one.actorName, max: 40 },
              { title: 'WHAT', value: (one) => one.sentence, max: 160 },
            ],
            { json: options.json === true, empty: 'Nothing has happened yet.', next: page.next },
          );
        }),
    );

const remove = (): Command =>
  apiCommand('remove', 'remove a domain: 451 for 30 days, then 550')
    .argument('<name>')
    .action(async (name: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const removed = await api.domains.remove.mutate({ domain: name });
        printThing(removed, [['removed', removed.id]], { json: options.json === true });
      }),
    );
