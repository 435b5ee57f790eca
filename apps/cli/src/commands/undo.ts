/** `undo`: what an incident refused, reviewed, and released by one order that is carried out at a rate. */
import type { Command } from 'commander';
import type { Connection } from '../client.ts';
import { refused, usage } from '../exit.ts';
import { apiCommand, type GlobalOptions, time, wholeNumber, withApi } from '../options.ts';
import { printJson, printList, printThing } from '../output.ts';
import { mailsText, printFlips, printMissing } from '../print-flips.ts';
import { finished } from '../replay-job.ts';

interface UndoOptions extends GlobalOptions {
  readonly domain?: string;
  readonly check?: string;
  readonly zone?: string;
  readonly model?: string;
  readonly allow?: string;
  readonly block?: string;
  readonly mailbox?: string;
  readonly since?: string;
  readonly until?: string;
  readonly exclude?: readonly string[];
  readonly rate?: number;
  readonly samples?: number;
  readonly confirm?: boolean;
}

type Api = Connection['api'];
type Review = Parameters<Api['undo']['review']['mutate']>[0];
type Progress = Awaited<ReturnType<Api['undo']['progress']['query']>>;

export function undoCommands(): Command {
  const undo = apiCommand(
    'undo',
    'release what an incident refused: a check, a list or an entry that was wrong for a while',
  )
    .option('--domain <name>', 'whose mail')
    .option('--check <check>', 'this check was wrong')
    .option('--zone <zone>', 'only this DNS list of it')
    .option(
      '--model <version>',
      'only where it judged by this version of its model, of sluice bayes versions; without --check: of learned words',
    )
    .option('--block <pattern>', 'this entry of the block list was wrong')
    .option('--allow <pattern>', 'this entry of the allow list was wrong: tells what it let through')
    .option('--mailbox <address>', 'the entry is of this mailbox')
    .option('--since <time>', 'mail that came from then on', time)
    .option('--until <time>', 'and before then (default: now)', time)
    .option('--exclude <id...>', 'leave these mails where they are')
    .option('--rate <n>', 'releases a minute (default: 60)', wholeNumber)
    .option('--samples <n>', 'samples to show (default: 10)', wholeNumber)
    .option('--confirm', 'give the order; without it, this only shows what it would release')
    .action(async (options: UndoOptions) => withApi(options, ({ api }) => review(api, options)));
  undo.addCommand(list());
  undo.addCommand(show());
  return undo;
}

async function review(api: Api, options: UndoOptions): Promise<void> {
  const { domain, since, until = new Date().toISOString(), samples = 10 } = options;
  if (domain === undefined || since === undefined)
    throw usage('Name the domain and the time: --domain D --since T1.');
  const asked = { domain, incident: incidentOf(options), since, until, samples };
  const { id, what } = await api.undo.review.mutate(asked);
  const end = await finished({
    progress: () => api.undo.progress.query({ domain, id }),
    cancel: () => api.undo.cancel.mutate({ domain, id }),
  });
  const { exclude = [], rate } = options;
  if (options.confirm !== true) {
    if (options.json === true) printJson({ what, ...end });
    else printReview(end, what);
    return;
  }
  if (end.isCut === true) throw refused('More mails than one order can release; choose a shorter time.');
  const order = { domain, review: id, exclude: [...exclude], ...(rate && { rate }) };
  const given = await api.undo.order.mutate(order);
  printThing(
    given,
    [
      ['order', given.id],
      ['undoes', what],
      ['releases', `${mailsText(given.mails)}, ${given.rate} a minute`],
      ['progress', `sluice undo show ${given.id}`],
    ],
    { json: options.json === true },
  );
}

function incidentOf(options: UndoOptions): Review['incident'] {
  const { check, zone, model, allow, block } = options;
  const named = [check, allow, block].filter((one) => one !== undefined);
  if (model !== undefined && named.every((one) => one === check)) {
    return { kind: 'model', check: check ?? 'bayes', version: model };
  }
  if (named.length !== 1) throw usage('Name one thing that was wrong: --check C, --block P or --allow P.');
  if (check !== undefined) return { kind: 'check', check, ...(zone === undefined ? {} : { zone }) };
  return { kind: 'entry', entry: entryOf(options) };
}

function entryOf({ allow, block, mailbox }: Pick<UndoOptions, 'allow' | 'block' | 'mailbox'>) {
  const action = allow === undefined ? 'block' : 'allow';
  return { action, pattern: allow ?? block ?? '', ...(mailbox === undefined ? {} : { mailbox }) } as const;
}

function printReview(
  { report, releasable = 0, notReleasable = 0, withheld = 0, isCut }: Progress,
  what: string,
): void {
  if (report === undefined) return;
  console.log(`Without ${what}, over ${report.decisions} decisions`);
  printCounts([
    [report.erased, 'of them are erased, and cannot be judged again'],
    [report.damaged, 'of them cannot be read'],
    [report.disagreeing, 'are judged differently by this version, and are left alone'],
  ]);
  printFlips('Refused because of it alone', report.toAccepted);
  printCounts([[report.notKept, 'more, of which no copy was kept']]);
  printFlips('Accepted because of it alone', report.toRefused);
  printCounts([[report.toRefused.mails, 'is a report only: accepted mail has been delivered']]);
  printMissing(report.missing);
  console.log();
  printCounts([
    [notReleasable, 'were released before, or are no longer kept'],
    [withheld, 'hold a virus and stay: the domain does not let you release those'],
  ]);
  if (isCut === true) console.log('There are more than one order can release; choose a shorter time.');
  else if (releasable === 0) console.log('There is nothing to release.');
  else console.log(`${mailsText(releasable)} can be released. ${howToConfirm}`);
}

const howToConfirm = 'Say it again with --confirm, and --exclude ID… for those that should stay.';

/** Those that are not 0. */
function printCounts(counts: readonly (readonly [count: number, words: string])[]): void {
  for (const [count, words] of counts) if (count > 0) console.log(`${count} ${words}`);
}

type Order = Awaited<ReturnType<Api['undo']['list']['query']>>['items'][number];

const list = (): Command =>
  apiCommand('list', 'orders that undo incidents, the newest first')
    .option('--domain <name>', 'of one domain')
    .action(async (_: GlobalOptions, command: Command) => {
      // The parent has an option of the same name, and takes it where it stands before.
      const options = command.optsWithGlobals<GlobalOptions & { readonly domain?: string }>();
      return withApi(options, async ({ api }) => {
        const { items } = await api.undo.list.query({ ...(options.domain && { domain: options.domain }) });
        printList(
          items,
          [
            { title: 'ID', value: (one) => one.id },
            { title: 'ORDERED', value: (one) => one.orderedAt.slice(0, 19) },
            { title: 'UNDOES', value: (one) => one.what, max: 48 },
            { title: 'MAILS', value: (one) => one.mails },
            { title: 'STATE', value: stateOf },
          ],
          { json: options.json === true, empty: 'No incident has been undone.' },
        );
      });
    });

const stateOf = (order: Order): string =>
  order.finishedAt === undefined ? `${order.mails - order.waiting} of ${order.mails}` : 'finished';

const show = (): Command =>
  apiCommand('show', 'one order, and how far it is')
    .argument('<id>')
    .action(async (id: string, _: GlobalOptions, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      return withApi(options, async ({ api }) => {
        const [order] = (await api.undo.list.query({ id })).items;
        if (order === undefined) throw refused('There is no such order.');
        printThing(
          order,
          [
            ['order', order.id],
            ['undoes', order.what],
            ['from', order.since],
            ['to', order.until],
            ['ordered', `${order.orderedAt} by ${order.actorName}`],
            ['rate', `${order.rate} a minute`],
            ['mails', order.mails],
            ['waiting', order.waiting],
            ['released', order.released],
            ['released before', order.already],
            ['no longer there', order.gone],
            ['withheld, with a virus', order.withheld],
            ['delivered', order.delivered],
            ['bounced', order.bounced],
            ['on their way', order.underWay],
            ['finished', order.finishedAt],
          ],
          { json: options.json === true },
        );
      });
    });
