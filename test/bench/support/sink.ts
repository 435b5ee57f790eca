/** Postfix's smtp-sink (Debian package postfix): takes every mail and forgets it. */
import { userInfo } from 'node:os';
import { freePort } from '../../contracts/support/free-port.ts';
import { cpuOf, type Server, startProcess, stopProcess, untilGreeted } from './child.ts';

// It will not run as root.
const asNobody = userInfo().uid === 0 ? ['-u', 'nobody'] : [];

export async function startSink(): Promise<Server> {
  const port = await freePort();
  const started = startProcess({
    command: '/usr/sbin/smtp-sink',
    args: [...asNobody, `127.0.0.1:${port}`, '1000'],
  });
  await untilGreeted(port, started.output);
  return {
    name: 'smtp-sink',
    port,
    cpuMs: () => cpuOf(started.process.pid ?? 0),
    [Symbol.asyncDispose]: () => stopProcess(started.process),
  };
}
