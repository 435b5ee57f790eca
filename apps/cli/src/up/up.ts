/** The command `up`: an instance in this terminal until Ctrl-C. */
import type { Config } from '@sluice/environment';
import { createLog } from '@sluice/telemetry';
import { unavailable } from '../exit.ts';
import { asFailure } from '../run-roles.ts';
import { ChildFailed } from './child.ts';
import { printBanner } from './banner.ts';
import { ensureDemo } from './demo.ts';
import { startInstance } from './supervisor.ts';

/** All is down by then, whatever hangs. */
const stopDeadlineMs = 9_500;

export async function up(config: Config): Promise<void> {
  const started = performance.now();
  const log = createLog({ role: 'sluice', level: config.logLevel, format: config.logFormat });
  const write = (line: string): void => {
    process.stdout.write(line);
  };
  const stopped = signalled();
  const instance = await startInstance(config, log, write).catch((error: unknown) => {
    throw error instanceof ChildFailed ? asChildFailure(error) : error;
  });
  const demo = config.demo ? await ensureDemo(config, instance) : undefined;
  printBanner({ config, instance, demo, seconds: (performance.now() - started) / 1000 });

  const why = await Promise.race([stopped, instance.givenUp]);
  log.info({}, why === 'signal' ? 'Stopping' : why);
  setTimeout(() => process.exit(1), stopDeadlineMs).unref();
  await instance.stop();
  if (why !== 'signal') throw unavailable(why);
  process.exit(0);
}

const asChildFailure = ({ status, message }: ChildFailed): Error => {
  const failure = asFailure(new Error(message));
  return Object.assign(failure, { status });
};

/** Ctrl-C once stops in order; a second time it is over at once. */
function signalled(): Promise<'signal'> {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        count += 1;
        resolve('signal');
      });
    }
  });
}
