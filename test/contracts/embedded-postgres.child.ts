/** A process that starts the embedded PostgreSQL, says so, and waits to be killed: `FOLDER PORT PASSWORD`. */
import { startEmbeddedPostgres } from '@sluice/embedded-postgres';

const [folder = '', port = '', password = ''] = process.argv.slice(2);
await startEmbeddedPostgres({ folder, port: Number(port), password });
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
