/** Our mx beside Haraka and Postfix under one load: what S1 and S2 have in common. */
import type { Server } from './child.ts';
import { startHaraka } from './haraka.ts';
import { startMx } from './mx.ts';
import { startSink } from './sink.ts';
import { postfixMissing, startPostfix } from './postfix.ts';
import { checkFloors, type Load, measure, printTable, smtpSourceMissing } from './rounds.ts';

export interface EdgeBench {
  readonly title: string;
  readonly load: Load;
  readonly rounds: number;
  readonly floors: readonly { readonly peer: string; readonly floor: number }[];
}

/** Prints the table; false if a floor was missed. Peers that cannot run here are named and left out. */
export async function measureEdge({ title, load, rounds, floors }: EdgeBench): Promise<boolean> {
  if (smtpSourceMissing) {
    console.log(`${title}: needs smtp-source (Debian package postfix); not measured`);
    return true;
  }
  await using stack = new AsyncDisposableStack();
  const sink = stack.use(await startSink());
  const route = [{ host: '127.0.0.1', port: sink.port, tls: 'none' as const }];
  const servers: Server[] = [
    stack.use(await startMx({ name: 'sluice, held' })),
    stack.use(await startMx({ name: 'sluice, delivering', route })),
  ];
  for (const [peer, start] of [
    ['Haraka', startHaraka],
    ['Postfix', startPostfix],
  ] as const) {
    try {
      const missing = peer === 'Postfix' ? postfixMissing() : undefined;
      if (missing === undefined) servers.push(stack.use(await start()));
      else console.log(`${missing}; left out`);
    } catch (error) {
      console.log(`${peer} cannot run here, left out: ${String(error).slice(0, 300)}`);
    }
  }
  const measured = await measure(servers, load, rounds);
  printTable(`${title} (${load.mails} mails of ${load.size} bytes, ${load.sessions} sessions)`, measured);
  return checkFloors(measured, floors);
}
