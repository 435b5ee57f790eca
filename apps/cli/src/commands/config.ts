/** Commands about the configuration. */
import { Command } from 'commander';
import { connectionFault } from '@sluice/eventstoredb';
import { type Config, describeConfig, exampleEnvironment, loadChecks, readConfig } from '@sluice/environment';
import { usage } from '../exit.ts';
import { printJson, printList } from '../output.ts';

/** The configuration of this process, or a sentence for each fault. */
export function configOrFail(): Config {
  const config = readConfig();
  if (config.ok) return config.value;
  throw usage(config.error.join('\n'));
}

/** What only the client of the store can read. */
function requireReadable({ eventstoreUrl }: Config): void {
  const fault = eventstoreUrl === undefined ? undefined : connectionFault(eventstoreUrl);
  if (fault !== undefined) throw usage(`SLUICE_EVENTSTORE_URL: ${fault}.`);
}

export function configCommands(): Command {
  const config = new Command('config').description('configuration keys: environment variables SLUICE_…');
  config.addCommand(
    new Command('verify')
      .description('check the configuration and say everything that is wrong')
      .option('--json', 'print JSON')
      .action(async ({ json }: { readonly json?: boolean }) => {
        const valid = configOrFail();
        requireReadable(valid);
        await loadChecks(valid);
        if (json === true) printJson({ valid: true });
        else console.log('The configuration is valid.');
      }),
  );
  config.addCommand(
    new Command('print')
      .description('all keys with their values; secrets are hidden')
      .option('--json', 'print JSON')
      .action(({ json }: { readonly json?: boolean }) => {
        const items = describeConfig(configOrFail()).map((item) => ({ id: item.key, ...item }));
        printList(
          items,
          [
            { title: 'KEY', value: (one) => one.key },
            { title: 'VALUE', value: (one) => one.value, max: 60 },
            { title: 'MEANING', value: (one) => one.help },
          ],
          { json: json === true, empty: '' },
        );
      }),
  );
  config.addCommand(
    new Command('example').description('print the text of .env.example').action(() => {
      process.stdout.write(exampleEnvironment());
    }),
  );
  return config;
}
