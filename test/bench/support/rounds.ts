/** Rounds of smtp-source against several servers in turn, and the table of their medians. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Server } from './child.ts';
import { benchDomain } from './mx.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);

export const smtpSourceMissing = !existsSync('/usr/sbin/smtp-source');

export interface Load {
  readonly mails: number;
  readonly sessions: number;
  /** Bytes of a mail. */
  readonly size: number;
  /** Several mails a connection. */
  readonly keepAlive: boolean;
}

export interface Measured {
  readonly name: string;
  /** Median. */
  readonly mailsPerSecond: number;
  /** Median; user and system time of the server. */
  readonly cpuMsPerMail: number;
}

interface Sample {
  readonly rate: number;
  readonly cpu: number;
}

/** Postfix's own client (smtp-source(1)); rejects if a mail was refused. */
async function sendBySmtpSource(port: number, { mails, sessions, size, keepAlive }: Load): Promise<void> {
  const args = ['-s', `${sessions}`, '-m', `${mails}`, '-l', `${size}`, ...(keepAlive ? ['-d'] : [])];
  const envelope = ['-f', 'sender@example.org', '-t', `recipient@${benchDomain}`, '-M', 'client.example.org'];
  await run('/usr/sbin/smtp-source', [...args, ...envelope, `127.0.0.1:${port}`], { timeout: 120_000 });
}

async function sample(server: Server, send: () => Promise<void>, mails: number): Promise<Sample> {
  const cpuBefore = server.cpuMs();
  const start = performance.now();
  await send();
  const seconds = (performance.now() - start) / 1_000;
  await untilQuiet(server);
  return { rate: mails / seconds, cpu: (server.cpuMs() - cpuBefore) / mails };
}

/** What a server does afterwards (deliveries, queue files) is its own CPU time, and must not fall on the next in turn. */
async function untilQuiet(server: Server): Promise<void> {
  const end = performance.now() + 60_000;
  let before = -1;
  while (server.cpuMs() - before > 20 && performance.now() < end) {
    before = server.cpuMs();
    await wait(300);
  }
}

/** All servers take turns, so that what else the machine does falls on all of them. One round before does not count. */
export async function measure(
  servers: readonly Server[],
  load: Load,
  rounds: number,
): Promise<readonly Measured[]> {
  const samples = new Map<Server, Sample[]>(servers.map((server) => [server, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const server of servers) {
      const mails = round === 0 ? Math.ceil(load.mails / 4) : load.mails;
      const one = await sample(server, () => sendBySmtpSource(server.port, { ...load, mails }), mails);
      if (round > 0) samples.get(server)?.push(one);
    }
  }
  return servers.map((server) => {
    const own = samples.get(server) ?? [];
    return {
      name: server.name,
      mailsPerSecond: median(own.map(({ rate }) => rate)),
      cpuMsPerMail: median(own.map(({ cpu }) => cpu)),
    };
  });
}

/** The table, with the ratio of the first to each of the others. */
export function printTable(title: string, measured: readonly Measured[]): void {
  const [ours] = measured;
  console.log(
    `\n${title}\n${'server'.padEnd(28)}${'mails/s'.padStart(9)}${'CPU ms a mail'.padStart(16)}${'ratio'.padStart(8)}`,
  );
  for (const { name, mailsPerSecond, cpuMsPerMail } of measured) {
    const ratio = (ours?.mailsPerSecond ?? 0) / mailsPerSecond;
    console.log(
      `${name.padEnd(28)}${mailsPerSecond.toFixed(0).padStart(9)}${cpuMsPerMail.toFixed(3).padStart(16)}${ratio.toFixed(2).padStart(8)}`,
    );
  }
}

/** One line a floor; true if all are met. */
export function checkFloors(
  measured: readonly Measured[],
  floors: readonly { readonly peer: string; readonly floor: number }[],
): boolean {
  const [ours] = measured;
  return floors
    .map(({ peer, floor }) => {
      const other = measured.find(({ name }) => name.startsWith(peer));
      if (ours === undefined || other === undefined) {
        console.log(`${peer}: not measured`);
        return true;
      }
      const ratio = ours.mailsPerSecond / other.mailsPerSecond;
      console.log(`${ratio.toFixed(2)} x ${peer}, floor ${floor}: ${ratio >= floor ? 'met' : 'MISSED'}`);
      return ratio >= floor;
    })
    .every(Boolean);
}
