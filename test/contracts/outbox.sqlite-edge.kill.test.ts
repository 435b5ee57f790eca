/** The outbox under kill -9 and a full disk: every acknowledged put is there, none half, no chain has a gap. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Shipment } from '@sluice/core/ports/outbox.ts';
import { openOutbox } from '@sluice/sqlite-edge';
import { endOfChain } from './outbox.contract.ts';
import { eventually } from './support/eventually.ts';
import { mailIdOf } from './support/edge-mail.ts';

const child = fileURLToPath(new URL('./outbox.sqlite-edge.child.ts', import.meta.url));
const all = { items: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER };

interface Putter {
  readonly process: ChildProcess;
  /** Numbers of the lines that begin with the word. */
  said(word: string): readonly number[];
  kill(): Promise<void>;
}

function startPutter(file: string, first: number): Putter {
  const process = spawn(globalThis.process.execPath, [child, file, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  process.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return {
    process,
    said: (word) =>
      // The last line may be cut off.
      text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter((line) => line.startsWith(`${word} `))
        .map((line) => Number(line.slice(word.length + 1))),
    async kill() {
      process.kill('SIGKILL');
      await once(process, 'close');
    },
  };
}

/** Throws where a domain's decisions are no unbroken chain from 1. */
function checkChains(shipments: readonly Shipment[]): void {
  const domains = Map.groupBy(
    shipments.filter(({ kind }) => kind === 'decision'),
    ({ event, mailId }) => `${event.metadata.edge} ${Number.parseInt(mailId!.slice(24), 16) % 3}`,
  );
  for (const items of domains.values()) {
    expect(endOfChain(items.map(({ event }) => event)).counter).toBe(items.length);
  }
}

const bytesOf = (number: number): Buffer => Buffer.alloc(2_000 + (number % 7) * 3_000, `${number} `);

describe('outbox that is disturbed', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-outbox-kill-'));
    file = join(folder, 'outbox.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it(
    'loses no acknowledged mail and breaks no chain in 10 rounds of kill -9',
    { timeout: 120_000 },
    async () => {
      const acknowledged = new Set<number>();
      const delivered = new Set<number>();
      for (let round = 0; round < 10; round++) {
        const putter = startPutter(file, round * 1_000_000);
        await eventually('some puts', () => putter.said('put').length > 100 + round * 37, 30_000);
        await putter.kill();
        for (const number of putter.said('put')) acknowledged.add(number);
        for (const number of putter.said('delivered')) delivered.add(number);

        const outbox = openOutbox({ file, edge: 'mx1' });
        const shipments = outbox.shipments(all);
        checkChains(shipments);
        const decided = new Map(
          shipments.filter(({ kind }) => kind === 'decision').map((shipment) => [shipment.mailId, shipment]),
        );
        const due = new Map(
          outbox.dueDeliveries('2026-11-22T10:00:00.000Z', 1_000_000).map((one) => [one.mailId, one]),
        );
        for (const number of acknowledged) {
          expect(decided.has(mailIdOf(number)), `decision ${number}`).toBe(true);
          expect(due.has(mailIdOf(number)) || delivered.has(number), `delivery ${number}`).toBe(true);
        }
        for (const [mailId, { raw }] of decided) {
          const number = Number.parseInt(mailId!.slice(24), 16);
          const isWhole = raw === undefined ? number % 2 === 1 : bytesOf(number).equals(raw);
          expect(isWhole, `archived body of ${number}`).toBe(true);
        }
        for (const [mailId, { raw }] of due) {
          expect(bytesOf(Number.parseInt(mailId.slice(24), 16)).equals(raw)).toBe(true);
        }
        await outbox.close();
      }
      expect(acknowledged.size).toBeGreaterThan(1_000);
    },
  );

  const prlimitMissing = spawnSync('prlimit', ['--version']).status !== 0;
  it.skipIf(prlimitMissing)(
    `takes nothing while nothing can be written, and goes on afterwards${prlimitMissing ? ' (prlimit is missing)' : ''}`,
    { timeout: 60_000 },
    async () => {
      const putter = startPutter(file, 0);
      const limit = (bytes: string): void => {
        const { status } = spawnSync('prlimit', [`--pid=${putter.process.pid}`, `--fsize=${bytes}`]);
        expect(status).toBe(0);
      };
      await eventually('puts', () => putter.said('put').length > 200);
      limit('4096:unlimited');
      const refused = await eventually(
        'refusals',
        () => putter.said('no').length > 200 && putter.said('no').length,
      );
      const before = putter.said('put').length;
      limit('unlimited:unlimited');
      await eventually('puts again', () => putter.said('put').length > before + 200);
      await putter.kill();
      const outbox = openOutbox({ file, edge: 'mx1' });
      const shipments = outbox.shipments(all);
      checkChains(shipments);
      const decided = new Set(shipments.map(({ mailId }) => mailId));
      expect(putter.said('put').every((number) => decided.has(mailIdOf(number)))).toBe(true);
      expect(refused).toBeGreaterThan(200);
      expect(putter.said('no').some((number) => decided.has(mailIdOf(number)))).toBe(false);
      await outbox.close();
    },
  );
});
