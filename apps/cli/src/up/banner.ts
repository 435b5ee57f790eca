/** What a person reads once everything runs: addresses, and two mails to try. */
import type { Config } from '@sluice/environment';
import { type Demo, demoEmail } from './demo.ts';
import type { Instance } from './supervisor.ts';

export interface BannerInput {
  readonly config: Config;
  readonly instance: Instance;
  readonly demo: Demo | undefined;
  readonly seconds: number;
}

/** The password is in no log and no file: it is here once, or not at all. */
const signInLines = ({ password }: Demo): readonly string[] =>
  password === undefined
    ? [`              sign in as ${demoEmail}; a new password: npx sluice user password ${demoEmail}`]
    : [`              sign in as ${demoEmail} with the password ${password} (it is not shown again)`];

export function printBanner({ config, instance, demo, seconds }: BannerInput): void {
  const host = config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind;
  const { ports } = instance;
  const smtp = ports['smtp'] ?? config.smtpPort;
  const swaks = `swaks --server ${host}:${smtp} --to you@demo.test`;
  const lines = [
    '',
    `Sluice is ready (${seconds.toFixed(1)} s).`,
    '',
    `  Panel       ${instance.panelUrl}`,
    ...(demo === undefined ? [] : signInLines(demo)),
    `  Mail in     smtp://${host}:${smtp}`,
    `  API         ${instance.apiUrl}  (status: ${instance.apiUrl}/status)`,
    ...(demo === undefined
      ? []
      : [`  Demo inbox  http://${host}:${ports['inboxHttp'] ?? config.inboxHttpPort}`]),
    `  Data        ${config.dataDir}`,
    '',
    ...(demo === undefined
      ? []
      : [
          'Try it. This mail is accepted and arrives in the demo inbox:',
          '',
          `  ${swaks} --from friend@good.example --header "Subject: Hello"`,
          '',
          'This one is refused, kept, and can be found, explained and released:',
          '',
          `  ${swaks} --from offer@spam.example --header "Subject: Win a prize"`,
          '  npx sluice quarantine search prize',
          '  npx sluice mail show ID',
          '  npx sluice mail release ID',
          '',
        ]),
    'Ctrl-C stops everything.',
    '',
  ];
  console.log(lines.join('\n'));
}
