/** The embedded event store as a process of its own, to be killed or stopped: `FILE PORT [early]`. Says its connection string on stdout. */
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';

const [file = '', port = '0', packs] = process.argv.slice(2);
const packing = packs === 'early' ? { packing: { events: 20, mostWaitingBytes: 0 } } : {};
const server = await startEmbeddedEventStore({ file, port: Number(port), ...packing });
process.stdout.write(`${server.url}\n`);
