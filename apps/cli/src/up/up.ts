/** The command `up`: an instance in this terminal until Ctrl-C. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@sluice/environment';
import { createLog } from '@sluice/telemetry';
import { unavailable } from '../exit.ts';
import { printBanner } from './banner.ts';
import { ensureDemo } from './demo.ts';
import { type Instance, startInstance } from './supervisor.ts';

/** All is down by then, whatever hangs. */
const stopDeadlineMs = 9_500;

export async function up(config: Config): Promise<void> {
  const started = performance.now();
  const log = createLog({ role: 'sluice', level: config.logLevel, format: config.logFormat });
  const write = (line: string): void => {
    process.stdout.write(line);
  };
  const stopped = signalled();
  const instance = await startInstance(config, log, write);
  await allReady(instance).catch(async (error: unknown) => {
    await instance.stop();
    throw error;
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

const readyDeadlineMs = 20_000;
const pollMs = 100;

interface Status {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, { readonly ready: boolean; readonly message?: string }>>;
}

/** Ready means that a mail sent now would be judged, shown and releasable. */
async function allReady({ apiUrl }: Instance): Promise<void> {
  const deadline = performance.now() + readyDeadlineMs;
  for (;;) {
    const response = await fetch(`${apiUrl}/status`, { signal: AbortSignal.timeout(readyDeadlineMs) });
    // The api's own answer.
    const status = (await response.json()) as Status;
    if (status.ready) return;
    if (performance.now() > deadline) throw unavailable(`Not everything became ready: ${missing(status)}`);
    await sleep(pollMs);
  }
}

const missing = ({ parts }: Status): string =>
  Object.entries(parts)
    .filter(([, part]) => !part.ready)
    .map(([name, part]) => `${name} (${part.message ?? 'no reason given'})`)
    .join('; ');

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
