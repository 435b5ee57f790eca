/** A TCP port on 127.0.0.1 that nobody uses at the moment, and that no outgoing connection will be given meanwhile. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range of ephemeral ports. */
const lowest = 20_000;
const count = 12_000;

export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    const listener = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      listener.once('error', () => resolve(false));
      listener.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    listener.close();
    await once(listener, 'close');
    return port;
  }
}
