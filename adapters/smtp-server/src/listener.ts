/** Listens for SMTP and holds a session with each client, within the limits of one listener. */
import type { AddressInfo } from 'node:net';
import type { Room } from './data-reader.ts';
import { EdgeServer } from './edge-server.ts';
import { defaultLimits, type SmtpListenerOptions, type TlsMaterial } from './options.ts';
import { replies } from './replies.ts';
import { createTurns } from './turns.ts';
import { watchProcessor } from './processor.ts';

export interface SmtpListener {
  readonly port: number;
  /** Connections that are open now. */
  connections(): number;
  /** The certificate for handshakes from now on. Only for a listener that was started with one. */
  updateTls(tls: TlsMaterial): void;
  /** Takes no more connections, tells the idle ones 421, lets messages in flight finish; what is left after `deadlineMs` is cut. */
  close(deadlineMs: number): Promise<void>;
}

/** How often slow clients are looked for, in ms. */
const sweepMs = 1_000;

/** Rejects where the port cannot be had. */
export async function startSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener> {
  const limits = { ...defaultLimits, ...options.limits };
  const server = new EdgeServer({
    options,
    limits,
    room: createRoom(limits.maxBufferedBytes),
    turns: createTurns({ ...limits.turns, isFull: watchProcessor() }),
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      server.on('error', (error) => options.onError?.(error));
      resolve();
    });
  });
  const sweep = setInterval(() => {
    const now = performance.now();
    for (const connection of server.edges) connection.expire(now);
  }, sweepMs);
  sweep.unref();

  return {
    port: (server.server.address() as AddressInfo).port,
    connections: () => server.connections.size,
    updateTls: ({ cert, key }) => server.updateSecureContext({ cert, key }),
    async close(deadlineMs) {
      clearInterval(sweep);
      await drain(server, deadlineMs);
    },
  };
}

function drain(server: EdgeServer, deadlineMs: number): Promise<void> {
  server.isDraining = true;
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      for (const connection of server.edges) connection.destroy();
    }, deadlineMs);
    server.server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    for (const connection of server.edges) {
      if (!connection.isBusy) connection.turnAway(replies.shuttingDown);
    }
  });
}

function createRoom(bytes: number): Room {
  let left = bytes;
  return {
    take(wanted) {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    free(given) {
      left += given;
    },
  };
}
