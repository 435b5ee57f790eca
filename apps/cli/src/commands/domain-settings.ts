/** Commands that change a domain's route and policy. */
import type { Command } from 'commander';
import type { Connection } from '../client.ts';
import { apiCommand, type GlobalOptions, settingPair, time, withApi } from '../options.ts';
import { usage } from '../exit.ts';
import { printThing } from '../output.ts';
import { testRoute } from './route-test.ts';
import { editionCommand } from './edition.ts';
import { thresholdsCommand } from './thresholds.ts';

export type Settings = Connection['api']['domains']['settings'];
type Input<TName extends keyof Settings> = Settings[TName] extends { mutate(input: infer TInput): unknown }
  ? TInput
  : never;

export const settingCommands = (): readonly Command[] => [
  route(),
  check(),
  preset(),
  editionCommand(change),
  thresholdsCommand(change),
  verdictHeader(),
  listing('allow', 'let a sender or server through, whatever the other checks say (but a virus)'),
  listing('block', 'refuse a sender or server'),
  unlist(),
  vouch(),
];

export interface Changed {
  readonly id: string;
  readonly revision: number;
  readonly position?: string;
}

async function change(options: GlobalOptions, work: (settings: Settings) => Promise<Changed>): Promise<void> {
  await withApi(options, async ({ api }) => {
    const changed = await work(api.domains.settings);
    const what = changed.position === undefined ? 'unchanged, policy revision' : 'policy revision';
    printThing(changed, [[what, changed.revision]], { json: options.json === true });
  });
}

const route = (): Command =>
  apiCommand('route', 'where good mail is delivered, tried in this order')
    .argument('<name>')
    .argument('[url...]', 'smtp://host[:port][?tls=required|opportunistic|none]')
    .option('--test', 'only try it out, or the route that is set, without sending a mail')
    .action(async (domain: string, urls: string[], { test, ...options }: RouteOptions) => {
      if (test === true) return testRoute(domain, urls, options);
      if (urls.length === 0) throw usage('Name the hosts, such as smtp://mail.example.org, or say --test.');
      return change(options, (settings) => settings.route.mutate({ domain, urls }));
    });

interface RouteOptions extends GlobalOptions {
  readonly test?: boolean;
}

interface CheckOptions extends GlobalOptions {
  readonly mode?: string;
  readonly weight?: string;
  readonly onError?: string;
  readonly exempt?: readonly string[];
  readonly set?: Record<string, unknown>;
}

const check = (): Command =>
  apiCommand('check', 'change one check')
    .argument('<name>')
    .argument('<check>', 'like spf; `sluice domain show NAME` lists them')
    .option('--mode <mode>', 'off, observe, score, reject or defer')
    .option('--weight <points>', 'points of a failure in mode score')
    .option('--on-error <what>', 'ignore or defer, when the check cannot be made')
    .option('--exempt <pattern...>', 'senders and servers that it leaves alone')
    .option('--set <name=value>', 'a setting of the check; may be given several times', settingPair)
    .action(
      (domain: string, name: string, { mode, weight, onError, exempt, set, ...options }: CheckOptions) => {
        const input = {
          domain,
          check: name,
          ...(mode && { mode }),
          ...(weight && { weight: Number(weight) }),
          ...(onError && { onError }),
          ...(exempt && { exempt }),
          ...(set && { settings: set }),
        };
        // The api checks every word of it and says what it knows.
        return change(options, (settings) => settings.check.mutate(input as Input<'check'>));
      },
    );

const preset = (): Command =>
  apiCommand('preset', 'start afresh from a preset; lists stay')
    .argument('<name>')
    .argument('<preset>', 'relaxed, balanced or strict')
    .action((domain: string, name: string, options: GlobalOptions) =>
      change(options, (settings) => settings.preset.mutate({ domain, preset: name } as Input<'preset'>)),
    );

interface ListingOptions extends GlobalOptions {
  readonly mailbox?: string;
  readonly authenticated?: boolean;
  readonly expires?: string;
  readonly note?: string;
}

const listing = (action: 'allow' | 'block', description: string): Command =>
  apiCommand(action, description)
    .argument('<name>')
    .argument('<pattern>', 'a@b.example, b.example, *.b.example, 192.0.2.0/24')
    .option('--mailbox <address>', 'for one mailbox only')
    .option('--authenticated', 'only with an aligned SPF or DKIM pass')
    .option('--expires <time>', 'until then', time)
    .option('--note <text>', 'why')
    .action(
      (
        domain: string,
        pattern: string,
        { mailbox, authenticated, expires, note, ...options }: ListingOptions,
      ) => {
        const details = { ...(mailbox && { mailbox }), ...(expires && { expires }), ...(note && { note }) };
        const input = { domain, action, pattern, authenticated: authenticated === true, ...details };
        return change(options, (settings) => settings.list.mutate(input));
      },
    );

const unlist = (): Command =>
  apiCommand('unlist', 'take a pattern off the lists')
    .argument('<name>')
    .argument('<pattern>')
    .option('--mailbox <address>', 'of one mailbox')
    .option('--from <list>', 'allow or block (default: wherever it is)')
    .action(
      (
        domain: string,
        pattern: string,
        options: GlobalOptions & { readonly mailbox?: string; readonly from?: string },
      ) =>
        change(options, async (settings) => {
          const key = { domain, pattern, ...(options.mailbox && { mailbox: options.mailbox }) };
          if (options.from === 'allow') return settings.unlist.mutate({ ...key, action: 'allow' });
          if (options.from === 'block') return settings.unlist.mutate({ ...key, action: 'block' });
          return settings.unlist
            .mutate({ ...key, action: 'block' })
            .catch(() => settings.unlist.mutate({ ...key, action: 'allow' }));
        }),
    );

const verdictHeader = (): Command =>
  apiCommand(
    'verdict-header',
    'whether accepted mail tells its verdict in its header; a marked one always does',
  )
    .argument('<name>')
    .argument('<on|off>')
    .action((domain: string, wanted: string, options: GlobalOptions) => {
      if (wanted !== 'on' && wanted !== 'off') throw usage('Say on or off.');
      return change(options, (settings) =>
        settings.verdictHeader.mutate({ domain, enabled: wanted === 'on' }),
      );
    });

const vouch = (): Command =>
  apiCommand('vouch', 'say that the account controls the domain: it receives mail from now on')
    .argument('<name>')
    .action((domain: string, options: GlobalOptions) =>
      change(options, (settings) => settings.vouch.mutate({ domain })),
    );
