/** The role mx as a process of its own, for tests that kill it and benches that measure it. Configured by environment. */
import { start } from '@sluice/mx';
import { readConfig } from '@sluice/environment';

const config = readConfig();
if (!config.ok) throw new Error(config.error.join('\n'));
const role = await start(config.value);
process.stdout.write(`${JSON.stringify(role.ports)}\n`);
process.once('SIGTERM', () => {
  void role[Symbol.asyncDispose]().then(() => process.exit(0));
});
