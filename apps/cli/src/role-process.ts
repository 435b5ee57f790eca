/** Entry of a process of the supervisor: runs the roles that it is told, and loads nothing else. */
import { readConfig } from '@sluice/environment';
import { isRoleName } from './roles.ts';
import { runRoles } from './run-roles.ts';

const config = readConfig();
if (!config.ok) {
  console.error(config.error.join('\n'));
  process.exit(2);
}
await runRoles(process.argv.slice(2).filter(isRoleName), config.value);
