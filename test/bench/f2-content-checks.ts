/**
 * Goal F2: CPU of all content checks together on real mails, reading the message included; beside Rspamd with the rules of
 * its package and without the modules that ask DNS.
 *
 *     node test/bench/f2-content-checks.ts [mails, default 1000] [rounds, default 3]
 *
 * Ours are the checks of the phase `data` but for DKIM, DMARC, ARC, viruses and engines, with the inspector in its worker
 * threads as the edge runs it; no name is resolved. Counted is the CPU time of all threads.
 */
import { allChecks } from '@sluice/core/checks/registry.ts';
import { defaultGatherDeadlines, gatherPhase } from '@sluice/core/checks/gather.ts';
import { createObservations, defaultObservationDeadlines } from '@sluice/core/checks/observations.ts';
import { judge } from '@sluice/core/judge/judge.ts';
import type { Policy } from '@sluice/core/policy/policy.ts';
import { createDeadline } from '@sluice/dns';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { corpusMissing } from '../support/corpus.ts';
import { createZoneResolver } from '../support/zone-resolver.ts';
import { allObserving } from './support/all-checks.ts';
import { someMails } from './support/real-mails.ts';
import { rspamdMissing, startRspamdContent } from './support/rspamd-content.ts';
import { median } from './support/statistics.ts';

const floor = 1.5;
const atOnce = 4;
const leftOut = new Set(['dkim', 'dmarc', 'arc', 'virus', 'external-engine']);
const content = allChecks.filter(({ name, phase }) => phase === 'data' && !leftOut.has(name));

const policy: Policy = {
  revision: 1,
  checks: Object.fromEntries(
    Object.entries(allObserving()).filter(([name]) => content.some((check) => check.name === name)),
  ),
  thresholds: { tag: 4, hold: 7, reject: 10 },
  lists: [],
  serviceLists: [],
};

async function startOurs() {
  const resolver = createZoneResolver({});
  const inspector = createMessageInspector();
  const authenticator = createMailAuthenticator(resolver);
  const deadline = createDeadline();
  const receivedAt = new Date().toISOString();
  const envelope = {
    ip: '192.0.2.1',
    helo: 'client.example.org',
    sender: 'news@sender.example',
    recipients: ['you@bench.example'],
  };
  return {
    async scan(raw: Uint8Array): Promise<void> {
      const observed = createObservations({
        envelope,
        raw,
        ports: { resolver, authenticator, inspector, scanner: undefined },
        deadlines: defaultObservationDeadlines,
        textLimit: 400,
        content: true,
      });
      const gathered = await gatherPhase({
        phases: ['data'],
        policy,
        envelope,
        receivedAt,
        observed,
        resolver,
        deadline,
        deadlines: defaultGatherDeadlines,
        checks: content,
      });
      judge({ envelope, receivedAt, ...gathered }, policy, content);
    },
    cpuMs(): number {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    [Symbol.asyncDispose]: () => inspector.close(),
  };
}

interface Scanning {
  scan(mail: Uint8Array): Promise<void>;
  cpuMs(): number;
}

async function cpuPerMail(scanner: Scanning, mails: readonly Uint8Array[]): Promise<number> {
  const before = scanner.cpuMs();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let at = next++; at < mails.length; at = next++) await scanner.scan(mails[at]!);
    }),
  );
  return (scanner.cpuMs() - before) / mails.length;
}

/** Prints the figures; false if the floor was missed. */
export async function run(count = 1_000, rounds = 3): Promise<boolean> {
  if (corpusMissing || rspamdMissing) {
    console.log('F2: needs the test corpus (SLUICE_TEST_CORPUS) and rspamd (Debian: rspamd); not measured');
    return true;
  }
  const mails = someMails(count);
  await using ours = await startOurs();
  await using theirs = await startRspamdContent();
  const own: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const part = round === 0 ? mails.slice(0, Math.ceil(count / 4)) : mails;
    const [one, other] = [await cpuPerMail(ours, part), await cpuPerMail(theirs, part)];
    if (round === 0) continue;
    own.push(one);
    peer.push(other);
  }
  const ratio = median(own) / median(peer);
  console.log(`\nF2: ${content.length} content checks on ${mails.length} real mails, CPU ms a mail`);
  console.log(`sluice ${median(own).toFixed(2)}; rspamd without DNS modules ${median(peer).toFixed(2)}`);
  console.log(`${ratio.toFixed(2)} x rspamd, floor ${floor}: ${ratio <= floor ? 'met' : 'MISSED'}`);
  return ratio <= floor;
}

if (import.meta.main)
  process.exit((await run(Number(process.argv[2] ?? 1_000), Number(process.argv[3] ?? 3))) ? 0 : 1);
