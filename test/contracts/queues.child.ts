/** A process of its own that works on a queue: `CONNECTION MODE`, where the connection is JSON and the mode `hang` or `one`. */
import { connectQueues } from '@sluice/bullmq';

const [connection = '{}', mode] = process.argv.slice(2);
const queues = await connectQueues(JSON.parse(connection));
const retry = { attempts: 5, backoffMs: 100, maxBackoffMs: 100 };

if (mode === 'hang') {
  await queues.work(
    'redelivery',
    (attempt) => {
      process.stdout.write(`running ${attempt.id}\n`);
      return new Promise(() => undefined);
    },
    { concurrency: 1, retry },
  );
} else {
  const done = Promise.withResolvers<void>();
  await queues.work(
    'redelivery',
    async () => {
      done.resolve();
      return { outcome: 'done' };
    },
    { concurrency: 3, retry },
  );
  await done.promise;
  await queues.close();
  // No exit: whatever still holds the process is an error.
  process.stdout.write('closed\n');
}
