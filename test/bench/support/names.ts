/** Starts the name server that answers whatever is asked, in a process of its own. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startProcess, stopProcess } from './child.ts';

export interface Names extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
}

/** Port 0: a free one. */
export async function startNames(port: number): Promise<Names> {
  const file = fileURLToPath(new URL('any-zone.ts', import.meta.url));
  const started = startProcess({ command: process.execPath, args: [file, String(port)] });
  await once(started.process.stdout ?? started.process, 'data');
  return {
    address: started.output().trim(),
    [Symbol.asyncDispose]: () => stopProcess(started.process),
  };
}
