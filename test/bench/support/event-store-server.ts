/** The embedded event store in a process of its own, as an installation has it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** `file`: made if there is none. */
export async function startServer(file: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const entry = fileURLToPath(new URL('../e1-event-store.server.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return {
    url: String(url).trim(),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
