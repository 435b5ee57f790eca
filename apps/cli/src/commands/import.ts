/** `archive import`: an old archive of mails into the quarantine of a domain. */
import { stat } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { usage } from '../exit.ts';
import { wholeNumber } from '../options.ts';
import { configOrFail } from './config.ts';

interface ImportOptions {
  readonly domain: string;
  readonly dns?: boolean;
  readonly dryRun?: boolean;
  readonly limit?: number;
  readonly json?: boolean;
}

function atLeastOne(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It has to be at least 1.');
  return value;
}

export const importCommand = (): Command =>
  new Command('import')
    .description('bring an old archive of mails into the quarantine; run it again to go on where it stopped')
    .argument('<path>', 'a folder, maildir, mbox, .eml, .tar or .zip, also with .gz; - for standard input')
    .requiredOption('--domain <name>', 'whose quarantine, and by whose policy they are judged')
    .option('--dns', "ask today's DNS about the old mails: block lists, reverse names, SPF, DKIM, DMARC")
    .option('--limit <n>', 'at most this many new mails', atLeastOne)
    .option('--dry-run', 'count what would be found, and keep nothing')
    .option('--json', 'print JSON')
    .action(async (path: string, options: ImportOptions) => {
      const config = configOrFail();
      const { findMails } = await import('@sluice/mail-files');
      const files = findMails(await place(path), { maxBytes: config.maxMessageBytes });
      const { limit, json = false, dns = false } = options;
      const common = {
        domain: options.domain.toLowerCase(),
        json,
        ...(limit === undefined ? {} : { limit }),
      };
      if (options.dryRun === true) {
        const { countMails } = await import('../import/dry-run.ts');
        await countMails(files, common);
        return;
      }
      const { runImport } = await import('../import/run-import.ts');
      await runImport(config, files, { ...common, dns });
    });

/** Throws where there is nothing at the path. */
async function place(path: string): Promise<string | AsyncIterable<Buffer>> {
  if (path === '-') return process.stdin;
  await stat(path).catch((error: unknown) => {
    throw usage(`${path} cannot be read: ${(error as Error).message}.`);
  });
  return path;
}
