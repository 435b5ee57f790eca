/** The embedded event store as a process of its own, to be killed or stopped: `FILE PORT`. Says its connection string on stdout. */
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';

const [file = '', port = '0'] = process.argv.slice(2);
const server = await startEmbeddedEventStore({ file, port: Number(port) });
process.stdout.write(`${server.url}\n`);
