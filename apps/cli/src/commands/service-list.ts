/** `service-list`: the operator's own lists for all domains. A domain's lists stand above them. */
import { Argument, Command } from 'commander';
import { apiCommand, type GlobalOptions, time, wholeNumber, withApi } from '../options.ts';
import { printList, printThing } from '../output.ts';

const action = (): Argument => new Argument('<list>', 'which of the two').choices(['allow', 'block']);
const patterns = 'a@b.example, b.example, *.b.example, 192.0.2.0/24';

type List = 'allow' | 'block';

interface AddOptions extends GlobalOptions {
  readonly authenticated?: boolean;
  readonly expires?: string;
  readonly note?: string;
}

export function serviceListCommands(): Command {
  const lists = new Command('service-list').description('allow and block lists for all domains');
  for (const command of [show(), add(), remove()]) lists.addCommand(command);
  return lists;
}

const show = (): Command =>
  apiCommand('show', 'all entries, as they are or were')
    .option('--at <revision>', 'as a decision names it (`sluice mail show ID --json`)', wholeNumber)
    .action(async ({ at, ...options }: GlobalOptions & { readonly at?: number }) =>
      withApi(options, async ({ api }) => {
        const { items } = await api.serviceLists.show.query(at === undefined ? {} : { at });
        printList(
          items,
          [
            { title: 'list', value: (entry) => entry.action },
            { title: 'pattern', value: (entry) => entry.pattern },
            { title: 'demands', value: (entry) => (entry.authenticated ? 'SPF or DKIM' : '') },
            { title: 'until', value: (entry) => entry.expires },
            { title: 'note', value: (entry) => entry.note, max: 60 },
          ],
          { json: options.json === true, empty: 'The lists of the service are empty.' },
        );
      }),
    );

const add = (): Command =>
  apiCommand('add', 'put a sender or server on a list for all domains')
    .addArgument(action())
    .argument('<pattern>', patterns)
    .option('--authenticated', 'only with an aligned SPF or DKIM pass')
    .option('--expires <time>', 'until then', time)
    .option('--note <text>', 'why')
    .action(async (list: List, pattern: string, options: AddOptions) =>
      withApi(options, async ({ api }) => {
        const { authenticated = false, expires, note } = options;
        const details = { ...(expires && { expires }), ...(note && { note }) };
        const changed = await api.serviceLists.add.mutate({
          action: list,
          pattern,
          authenticated,
          ...details,
        });
        printChanged(changed, options);
      }),
    );

const remove = (): Command =>
  apiCommand('remove', 'take it off again')
    .addArgument(action())
    .argument('<pattern>', patterns)
    .action(async (list: List, pattern: string, options: GlobalOptions) =>
      withApi(options, async ({ api }) =>
        printChanged(await api.serviceLists.remove.mutate({ action: list, pattern }), options),
      ),
    );

function printChanged(
  changed: { readonly revision: number; readonly position?: string | undefined },
  { json = false }: GlobalOptions,
): void {
  const what = changed.position === undefined ? 'unchanged, revision' : 'revision';
  printThing(changed, [[what, changed.revision]], { json });
}
