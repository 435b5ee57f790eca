/** Commands of the operator: status, projections, queue, archive, events. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { apiCommand, type GlobalOptions, wholeNumber, withApi } from '../options.ts';
import { printJson, printList, printThing, safeText } from '../output.ts';
import { refused, unavailable } from '../exit.ts';
import { importCommand } from './import.ts';

export const statusCommand = (): Command =>
  apiCommand('status', 'would a mail sent now be judged, shown and releasable').action(
    async (options: GlobalOptions) =>
      withApi(options, async ({ url }) => {
        const response = await fetch(`${url}/status`, { signal: AbortSignal.timeout(10_000) });
        const status = (await response.json()) as {
          ready: boolean;
          parts: Record<string, { ready: boolean; message?: string }>;
        };
        const parts = Object.entries(status.parts).map(
          ([name, part]) => [name, part.ready ? 'ready' : (part.message ?? 'not ready')] as const,
        );
        printThing(status, [['ready', status.ready ? 'yes' : 'no'], ...parts], {
          json: options.json === true,
        });
        if (!status.ready) throw unavailable('Not everything is ready.');
      }),
  );

export function projectionCommands(): Command {
  const projection = new Command('projection').description('read models');
  projection.addCommand(
    apiCommand('list', 'how far each is').action(async (options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const { items } = await api.projections.list.query();
        printList(
          items.map((item) => ({ id: item.projection, ...item })),
          [
            { title: 'NAME', value: (one) => one.projection },
            { title: 'POSITION', value: (one) => one.position },
            { title: 'UPDATED', value: (one) => one.updatedAt },
            { title: 'PARKED', value: (one) => one.parked },
          ],
          { json: options.json === true, empty: 'No projection has begun yet.' },
        );
      }),
    ),
  );
  projection.addCommand(
    apiCommand('rebuild', 'build one anew beside the old, then swap')
      .argument('<name>')
      .action(async (name: string, options: GlobalOptions) => rebuild(name, options)),
  );
  return projection;
}

const progressMs = 500;

async function rebuild(name: string, options: GlobalOptions): Promise<void> {
  await withApi(options, async ({ api }) => {
    let order = await api.projections.rebuild.mutate({ name });
    while (order.state === 'requested' || order.state === 'running') {
      if (options.json !== true && process.stderr.isTTY)
        process.stderr.write(`\r${order.state}: ${order.events} events`);
      await sleep(progressMs);
      order = await api.projections.order.query({ id: order.id });
    }
    if (options.json !== true && process.stderr.isTTY) process.stderr.write('\n');
    if (order.state === 'failed') throw refused(`The rebuild failed: ${order.message}`);
    printThing(
      order,
      [
        ['rebuilt', name],
        ['events', order.events],
      ],
      { json: options.json === true },
    );
  });
}

export function queueCommands(): Command {
  const queue = new Command('queue').description('deliveries that releases still owe');
  queue.addCommand(
    apiCommand('list', 'jobs that wait, run or have failed').action(async (options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const { items } = await api.queues.list.query({});
        printList(
          items,
          [
            { title: 'ID', value: (one) => one.id },
            { title: 'STATE', value: (one) => one.state },
            { title: 'ATTEMPTS', value: (one) => one.attempts },
            { title: 'NEXT', value: (one) => one.dueAt },
            { title: 'RECIPIENT', value: (one) => one.payload.recipient, max: 40 },
            { title: 'LAST', value: (one) => one.message, max: 60 },
          ],
          { json: options.json === true, empty: 'Nothing is queued.' },
        );
      }),
    ),
  );
  const one = (name: 'retry' | 'return', description: string): Command =>
    apiCommand(name, description)
      .argument('<id>')
      .action(async (id: string, options: GlobalOptions) =>
        withApi(options, async ({ api }) => {
          const changed = await api.queues[name].mutate({ id });
          printThing(changed, [[name === 'retry' ? 'due now' : 'back in the quarantine', id]], {
            json: options.json === true,
          });
        }),
      );
  queue.addCommand(one('retry', 'try again now'));
  queue.addCommand(one('return', 'give up: the mail is back in the quarantine'));
  return queue;
}

export function archiveCommands(): Command {
  const archive = new Command('archive').description('raw bytes behind the quarantine');
  archive.addCommand(
    apiCommand('stats', 'packs and bytes').action(async (options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const stats = await api.archive.stats.query();
        printThing(
          stats,
          [
            ['packs', stats.packs],
            ['bytes', stats.bytes],
          ],
          { json: options.json === true },
        );
      }),
    ),
  );
  archive.addCommand(
    apiCommand('verify', 'read every mail of every pack and compare it with its checksum').action(
      async (options: GlobalOptions) => verify(options),
    ),
  );
  archive.addCommand(importCommand());
  return archive;
}

async function verify(options: GlobalOptions): Promise<void> {
  await withApi(options, async ({ api }) => {
    const damaged = [];
    let [packs, mails] = [0, 0];
    let next: string | undefined;
    do {
      const page = await api.archive.verify.query(next === undefined ? {} : { after: next });
      packs += page.items.length;
      mails += page.items.reduce((sum, pack) => sum + pack.soundMails, 0);
      damaged.push(...page.items.filter((pack) => pack.status !== 'sound'));
      ({ next } = page);
    } while (next !== undefined);
    const report = { packs, mails, damaged };
    const lines = damaged.map(
      (pack) => [pack.id, `${pack.status}: ${pack.damagedMails.length} mails`] as const,
    );
    printThing(report, [['packs', packs], ['sound mails', mails], ...lines], { json: options.json === true });
    if (damaged.length > 0) throw refused(`${damaged.length} packs are damaged.`);
  });
}

interface PrintedEvent {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly recordedAt: string;
}

function printEvents(events: readonly PrintedEvent[], options: GlobalOptions): void {
  for (const event of events) {
    if (options.json === true) console.log(JSON.stringify(event));
    else
      console.log(
        safeText(
          `${event.recordedAt}  ${event.position.padStart(10)}  ${event.stream}@${event.revision}  ${event.type}`,
        ),
      );
  }
}

const tailMs = 500;

export function eventCommands(): Command {
  const events = new Command('events').description('the log of events');
  events.addCommand(
    apiCommand('read', 'events of a stream; personal parts stay sealed')
      .argument('<stream>', 'like domain-ID, mail-ID, decisions-ID')
      .option('--from <revision>', 'begin there (default: 0)', wholeNumber)
      .option('--limit <n>', 'at most this many (default: 100)', wholeNumber)
      .action(
        async (
          stream: string,
          options: GlobalOptions & { readonly from?: number; readonly limit?: number },
        ) =>
          withApi(options, async ({ api }) => {
            const { from, limit } = options;
            const { items } = await api.events.read.query({
              stream,
              ...(from && { from }),
              ...(limit && { limit }),
            });
            if (options.json === true) printJson({ items: items.map((event) => ({ ...event })) });
            else if (items.length === 0) console.log(`There are no such events in ${safeText(stream)}.`);
            else printEvents(items, options);
          }),
      ),
  );
  events.addCommand(
    apiCommand('tail', 'all streams: the last events, then new ones as they come')
      .option('--limit <n>', 'how many of the last (default: 20)', wholeNumber)
      .option('--no-follow', 'stop after the last events')
      .action(async (options: GlobalOptions & { readonly limit?: number; readonly follow: boolean }) =>
        withApi(options, async ({ api }) => {
          let page = await api.events.tail.query({ limit: options.limit ?? 20 });
          printEvents(page.items, options);
          while (options.follow) {
            await sleep(tailMs);
            page = await api.events.tail.query({ position: page.next });
            printEvents(page.items, options);
          }
        }),
      ),
  );
  return events;
}
