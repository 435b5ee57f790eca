/** kill -9 of the intake in every phase of a batch: an edge that sends again loses nothing, and doubles nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import type { BatchItem } from '@sluice/core/handover/batch.ts';
import { emptyChain, followChain, linkOf, type ChainHead } from '@sluice/core/kernel/chain.ts';
import { edgeToken } from '@sluice/intake';
import { createIntakeClient } from '@sluice/intake-client';
import {
  type Centre,
  createEdge,
  makeDomain,
  must,
  secret,
  startCentre,
  type TestDomain,
} from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

const rounds = Number(process.env['SLUICE_TEST_KILL_ROUNDS'] ?? 10);
const childFile = fileURLToPath(new URL('./intake.child.ts', import.meta.url));

const server = usePostgres();
let centre: Centre;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  centre = await startCentre(server.url);
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => centre?.close());

interface Intake {
  readonly port: number;
  readonly child: ChildProcess;
}

async function startIntake(phase: string, nth: number): Promise<Intake> {
  const places = [centre.eventstoreUrl, centre.postgresUrl, join(centre.folder, 'archive')];
  const child = spawn(process.execPath, [childFile, ...places, phase, String(nth)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, port] = /^port (\d+)$/.exec(line) ?? [];
    if (port !== undefined) return { port: Number(port), child };
  }
  throw new Error('the intake ended before it began');
}

/** An edge with an outbox: what was not said to be taken is sent again, in order. */
function createSender(name: string, domains: readonly TestDomain[]) {
  const edge = createEdge(centre, name);
  const outbox: BatchItem[] = [];
  const sent: { readonly item: BatchItem; readonly domain: TestDomain }[] = [];
  return {
    sent,
    outbox,
    async decide(count: number): Promise<void> {
      for (let one = 0; one < count; one += 1) {
        const domain = domains[sent.length % domains.length]!;
        const isKept = sent.length % 3 !== 0;
        const item = await edge.decide(domain, isKept ? {} : { verdict: 'accept', reason: 'clean' });
        const report = { type: 'MailDelivered', recipients: [`bob@${domain.name}`] } as const;
        const items = isKept ? [item] : [item, await edge.report(domain, item.mailId, report)];
        for (const each of items) {
          outbox.push(each);
          sent.push({ item: each, domain });
        }
      }
    },
    async hand(port: number): Promise<boolean> {
      const token = edgeToken(secret, name);
      const client = createIntakeClient({
        url: `http://127.0.0.1:${port}`,
        token,
        edge: name,
        deadlineMs: 10_000,
      });
      const answer = await client.hand({ items: outbox });
      if (!answer.ok) return false;
      expect(answer.value.refused).toEqual([]);
      const taken = new Set(answer.value.taken);
      const left = outbox.filter(({ seq }) => !taken.has(seq));
      outbox.splice(0, outbox.length, ...left);
      return true;
    },
  };
}

async function eventIds(stream: string): Promise<string[]> {
  return (await Array.fromAsync(centre.store.readStream(stream))).map(({ id }) => id);
}

describe.each(['before-pack', 'after-pack', 'before-append', 'after-append'])('killed %s', (phase) => {
  it(`${rounds} times: every decision, body and report is there once`, { timeout: 300_000 }, async () => {
    const domains = [
      await makeDomain(centre, `a.${phase}.example`),
      await makeDomain(centre, `b.${phase}.example`),
    ];
    const senders = [`mx1-${phase}`, `mx2-${phase}`].map((name) => createSender(name, domains));
    for (let round = 0; round < rounds; round += 1) {
      const { child, port } = await startIntake(phase, 1 + (round % 4));
      const ended = once(child, 'exit');
      await Promise.all(
        senders.map(async (sender) => {
          do await sender.decide(4);
          while (await sender.hand(port));
        }),
      );
      const [, signal] = (await ended) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
    }
    const last = await startIntake('never', 1);
    for (const sender of senders) {
      while (sender.outbox.length > 0) expect(await sender.hand(last.port)).toBe(true);
    }
    last.child.kill('SIGKILL');

    const sent = senders.flatMap((sender) => sender.sent);
    for (const { domainId } of domains) await expectOnce(domainId, sent);
    for (const { item } of sent) {
      if (item.kind === 'mail') expect(await eventIds(`mail-${item.mailId}`)).toEqual([item.event.id]);
    }
  });
});

async function expectOnce(
  domainId: string,
  sent: readonly { readonly item: BatchItem; readonly domain: TestDomain }[],
): Promise<void> {
  const decided = sent.filter(({ item, domain }) => item.kind === 'decision' && domain.domainId === domainId);
  const bodies = new Map(decided.map(({ item }) => [item.event.id, item.body]));
  const heads = new Map<string, ChainHead>();
  const stored: string[] = [];
  for await (const event of centre.store.readStream(`decisions-${domainId}`)) {
    const link = linkOf(event.data)!;
    const next = followChain(heads.get(link.edge) ?? emptyChain, link, event);
    expect(next).not.toHaveProperty('code');
    heads.set(link.edge, next as ChainHead);
    stored.push(event.id);
    const { body } = event.metadata.intake!;
    const expected = bodies.get(event.id);
    expect(body === undefined).toBe(expected === undefined);
    if (body !== undefined) expect(Buffer.from(must(await readMail(centre.packs, body)))).toEqual(expected);
  }
  expect(stored.toSorted()).toEqual(decided.map(({ item }) => item.event.id).toSorted());
}
