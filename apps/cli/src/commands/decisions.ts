/** Commands about the log of decisions: verify it, export it, and the signed roots over it. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { SignedRoot } from '@sluice/core/audit/root.ts';
import { Command, InvalidArgumentError } from 'commander';
import type { Connection } from '../client.ts';
import { refused, unavailable, usage } from '../exit.ts';
import { apiCommand, type GlobalOptions, time, withApi } from '../options.ts';
import { printThing } from '../output.ts';

interface Period {
  readonly domain?: string;
  readonly since?: string;
  readonly until?: string;
}

export function decisionCommands(): Command {
  const decisions = new Command('decisions').description(
    'every recorded verdict, and the proof that none was altered',
  );
  for (const command of [verifyCommand(), exportCommand(), rootsCommand()]) decisions.addCommand(command);
  return decisions;
}

const withPeriod = (command: Command): Command =>
  command
    .option('--domain <domain>', 'name or id')
    .option('--since <time>', 'taken into the log from then on', time)
    .option('--until <time>', 'and before then', time);

interface VerifyOptions extends GlobalOptions, Period {
  readonly key?: readonly string[];
  readonly roots?: string;
}

const verifyCommand = (): Command =>
  withPeriod(
    apiCommand('verify', 'judge recorded decisions again, or verify an exported file without any service'),
  )
    .argument('[file]', 'an export; needs nothing else')
    .option('--key <hex>', 'of the file: public key of the installation, got elsewhere; again for each', keys)
    .option('--roots <file>', 'of the file: roots got elsewhere, one a line, as posted or mailed')
    .action(async (file: string | undefined, options: VerifyOptions) => {
      if (file !== undefined) {
        const { verifyFile } = await import('../decisions/verify-file.ts');
        return verifyFile(file, options);
      }
      const domain = domainOf(options);
      const { verifyDomain } = await import('../decisions/verify-domain.ts');
      return withApi(options, (connection) => verifyDomain(connection, { ...options, domain }));
    });

function keys(text: string, before: readonly string[] = []): readonly string[] {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('It has to be 64 lower-case hex digits.');
  return [...before, text];
}

function domainOf({ domain }: Period): string {
  if (domain === undefined) throw usage('Say which: --domain DOMAIN, or an exported file.');
  return domain;
}

interface ExportOptions extends GlobalOptions, Period {
  readonly opened?: boolean;
  readonly output?: string;
}

const exportCommand = (): Command =>
  withPeriod(apiCommand('export', 'write decisions into a file that anybody can verify'))
    .option('--opened', 'with addresses, subjects and facts in the open beside the sealed form')
    .option('--output <file>', 'default: decisions-DOMAIN.jsonl')
    .action(async (options: ExportOptions) => {
      const domain = domainOf(options);
      const file = options.output ?? `decisions-${domain}.jsonl`;
      await withApi(options, (connection) => download(connection, { ...options, domain, file }));
      printThing({ domain, file }, [['exported', file]], { json: options.json === true });
    });

/** Under another name until it is whole. */
async function download(
  { url, token }: Connection,
  { domain, file, since, until, opened }: ExportOptions & { readonly domain: string; readonly file: string },
): Promise<void> {
  const query = new URLSearchParams({
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(opened === true ? { opened: 'true' } : {}),
  });
  const response = await fetch(`${url}/decisions/${encodeURIComponent(domain)}/export?${query.toString()}`, {
    headers: { authorization: `Bearer ${token}` },
  }).catch(() => {
    throw unavailable(`The api at ${url} does not answer. Is Sluice running?`);
  });
  if (!response.ok || response.body === null) {
    const { error } = (await response.json().catch(() => ({}))) as { error?: string };
    const message = error ?? `The api answered ${response.status}.`;
    throw response.status >= 500 ? unavailable(message) : refused(message);
  }
  const part = `${file}.part`;
  await pipeline(
    Readable.fromWeb(response.body as ReadableStream),
    createWriteStream(part, { mode: 0o600 }),
  ).catch((error: unknown) => {
    throw unavailable(`The export broke off: ${error instanceof Error ? error.message : String(error)}.`);
  });
  await rename(part, file);
}

interface RootsPage {
  readonly key?: string | undefined;
  readonly items: readonly SignedRoot[];
  readonly next?: number | undefined;
}

const rootsCommand = (): Command =>
  apiCommand('roots', 'the signed daily roots, one a line, and the public key').action(
    async (options: GlobalOptions) =>
      withApi(options, async ({ api }) => {
        const items: SignedRoot[] = [];
        let from: number | undefined = 0;
        let key: string | undefined;
        while (from !== undefined) {
          const page: RootsPage = await api.decisions.roots.query({ from });
          items.push(...page.items);
          ({ key, next: from } = page);
        }
        if (options.json === true) return printThing({ key, items }, [], { json: true });
        console.log(`key ${key ?? '(none: SLUICE_ROOTS_KEY is not set)'}`);
        for (const root of items) console.log(JSON.stringify(root));
      }),
  );
