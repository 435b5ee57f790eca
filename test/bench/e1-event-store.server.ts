/** The embedded event store as a process of its own, for the bench: `FILE`. Says its connection string on stdout. */
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';

const [file = ''] = process.argv.slice(2);
const store = await startEmbeddedEventStore({ file });
process.stdout.write(`${store.url}\n`);
process.once('SIGTERM', () => {
  store.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
