/** Commands of the event store: run it, back it up, restore it, read it through, copy it to another. */
import type { Command } from 'commander';
import { Command as NewCommand } from 'commander';
import { told } from '../eventstore-tools/told.ts';
import { refused, usage } from '../exit.ts';
import { stopSignal } from '../import/stop-signal.ts';
import { printThing } from '../output.ts';
import { configOrFail } from './config.ts';

interface Options {
  readonly json?: boolean;
  readonly replace?: boolean;
}

/** Adds them to the command that runs the role. */
export function withEventstoreCommands(role: Command): Command {
  for (const command of [backupCommand(), restoreCommand(), verifyCommand(), copyCommand()]) {
    role.addCommand(command.option('--json', 'print JSON'));
  }
  return role;
}

const backupCommand = (): Command =>
  new NewCommand('backup')
    .description('write all events into a file while the store runs; again into the same file: the new ones')
    .argument('<file>')
    .action(async (file: string, options: Options) => {
      const { backup } = await import('../eventstore-tools/backup.ts');
      using stop = stopSignal();
      const { signal } = stop;
      const events = await withStore((url) => backup(url, file, { onProgress: progress('events'), signal }));
      finish({ file, events }, [['backed up', `${events} events`]], options);
      if (signal.aborted) throw stop.reason();
    });

const restoreCommand = (): Command =>
  new NewCommand('restore')
    .description('put a backup in the place of the embedded store, which must not be running')
    .argument('<file>')
    .option('--replace', 'keep the old store beside it, under its name and the time')
    .action(async (file: string, options: Options) => {
      const { restore } = await import('../eventstore-tools/backup.ts');
      const { eventstoreFile } = await import('../eventstore-url.ts');
      const { takeLock } = await import('../up/lock.ts');
      const { dataDir } = configOrFail();
      const lock = await told(takeLock(dataDir, 'eventstore', 0));
      if (lock === undefined) throw refused(`The event store of ${dataDir} runs; stop it first.`);
      try {
        const replace = options.replace === true;
        const how = { replace, now: new Date(), onProgress: progress('events') };
        const { events, newest } = await told(restore(file, eventstoreFile(dataDir), how));
        const lines = [['restored', `${events} events`] as const, ['newest of', newest ?? '-'] as const];
        finish({ file, events, newest }, lines, options);
      } finally {
        lock.release();
      }
    });

const verifyCommand = (): Command =>
  new NewCommand('verify')
    .description('read every event: positions rise, revisions have no gaps')
    .argument('[url]', 'a connection string (default: the configured store, or the embedded one)')
    .action(async (url: string | undefined, options: Options) => {
      const { verifyEvents } = await import('../eventstore-tools/verify.ts');
      const { openRawLog } = await import('@sluice/eventstoredb');
      const verify = async (address: string) => {
        await using log = openRawLog(address);
        return await verifyEvents(log.all(), progress('events'));
      };
      const report = await (url === undefined ? withStore(verify) : told(verify(url)));
      const { events, streams, bytes, newest, faults, faultCount } = report;
      finish(
        report,
        [
          ['events', events],
          ['streams', streams],
          ['bytes', bytes],
          ['newest of', newest ?? '-'],
          ...faults.map((fault) => ['wrong', fault] as const),
        ],
        options,
      );
      if (faultCount > 0) throw refused(`${faultCount} faults were found.`);
    });

const copyCommand = (): Command =>
  new NewCommand('copy')
    .description(
      'copy all events to another store, bytes and order kept; run it again to go on where it stopped',
    )
    .argument('<from>', 'connection string of the source, or - for the configured or embedded store')
    .argument('<to>', 'connection string of an empty store, or of one where a copy stopped; or -')
    .action(async (from: string, to: string, options: Options) => {
      if (from === to) throw usage('A store cannot be copied to itself.');
      const { copyEvents } = await import('@sluice/eventstoredb');
      const show = progress('events');
      using stop = stopSignal();
      const { signal } = stop;
      const copy = (source: string, target: string) =>
        copyEvents(source, target, {
          signal,
          onProgress: ({ events, position, end }) => show(events, Number((position * 100n) / (end || 1n))),
        });
      const named = (url: string, other: string): string => (url === '-' ? other : url);
      const { events, isResumed } = await (from === '-' || to === '-'
        ? withStore((own) => copy(named(from, own), named(to, own)))
        : told(copy(from, to)));
      const words = isResumed ? `${events} events, after those of an earlier run` : `${events} events`;
      finish({ events, isResumed }, [['copied', words]], options);
      if (signal.aborted) throw stop.reason();
    });

async function withStore<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { withEventstore } = await import('../eventstore-tools/reach.ts');
  return told(withEventstore(configOrFail(), work));
}

const progressMs = 500;

/** Writes how far it is onto one line of a terminal, twice a second. */
function progress(unit: string): (count: number, percent?: number) => void {
  let next = 0;
  return (count, percent) => {
    if (!process.stderr.isTTY || performance.now() < next) return;
    next = performance.now() + progressMs;
    process.stderr.write(`\r${count} ${unit}${percent === undefined ? '' : ` (${percent} %)`}   `);
  };
}

function finish(
  value: object,
  lines: readonly (readonly [string, string | number])[],
  options: Options,
): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  printThing(value, lines, { json: options.json === true });
}
