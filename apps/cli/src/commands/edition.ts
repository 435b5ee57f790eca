/** `domain edition`: which edition of its preset a domain has, and what a newer one would change. */
import type { Command } from 'commander';
import { apiCommand, type GlobalOptions, withApi } from '../options.ts';
import { printThing } from '../output.ts';
import type { Changed, Settings } from './domain-settings.ts';

interface EditionOptions extends GlobalOptions {
  readonly take?: boolean;
}

type Change = (options: GlobalOptions, work: (settings: Settings) => Promise<Changed>) => Promise<void>;

export const editionCommand = (change: Change): Command =>
  apiCommand('edition', 'the edition of its preset, and what the newest would change')
    .argument('<name>')
    .option('--take', 'move to the newest; what the domain sets differently stays')
    .action((domain: string, { take, ...options }: EditionOptions) =>
      take === true
        ? change(options, (settings) => settings.edition.mutate({ domain }))
        : withApi(options, async ({ api }) => {
            const { preset, edition } = await api.domains.show.query({ domain });
            const { now, newest, changes } = edition;
            const isNewest = now === newest;
            printThing(
              { preset, ...edition },
              [
                ['preset', preset],
                ['edition', isNewest ? `${now}, the newest` : `${now}; the newest is ${newest}`],
                ...changes.map((sentence): [string, string] => ['would change', sentence]),
                ...(isNewest
                  ? []
                  : ([['try it', `sluice whatif --domain ${domain} --edition ${newest}`]] as const)),
              ],
              { json: options.json === true },
            );
          }),
    );
