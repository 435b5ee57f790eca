/** The role `workers` as a process of its own, to be killed: `SETTINGS`, the environment as JSON. Says `running` on stdout. */
import { parseConfig } from '@sluice/environment';
import { start } from '@sluice/workers';
import { must } from './intake.harness.ts';

const [settings = '{}'] = process.argv.slice(2);
await start(must(parseConfig(JSON.parse(settings))), {
  retry: { attempts: 200, backoffMs: 50, maxBackoffMs: 200 },
  // A job whose worker died is given to another after two to three times this long.
  lockMs: 1_500,
});
process.stdout.write('running\n');
