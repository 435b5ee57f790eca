/** Packing in the background: complete when nobody appends, bounded when somebody does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BackgroundPacking } from './background-packing.ts';
import { packInBackground } from './background-packing.ts';
import { openDatabase } from './database.ts';
import type { EventLog } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import type { GroupCommit } from './group-commit.ts';
import { createGroupCommit } from './group-commit.ts';

const mostWaiting = 200_000;

describe('packing in the background', () => {
  let folder: string;
  let log: EventLog;
  let commits: GroupCommit;
  let packing: BackgroundPacking;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-background-'));
    log = createEventLog(openDatabase(join(folder, 'events.db')));
    commits = createGroupCommit(log, () => 1000);
    packing = packInBackground(log, commits, mostWaiting);
  });
  afterEach(() => {
    packing.close();
    commits.close();
    log.close();
    rmSync(folder, { recursive: true });
  });
  const append = (size: number): Promise<unknown> =>
    new Promise((resolve) => {
      const id = randomBytes(16);
      const event = { id, type: 'T', isJson: true, data: randomBytes(size), metadata: new Uint8Array(0) };
      commits.append({ stream: 'a', expected: 'any', events: [event] }, resolve);
    });

  it('leaves less than a block when nobody appends any more', async () => {
    await packing.atRest();
    for (let number = 0; number < 10; number += 1) {
      await Promise.all(Array.from({ length: 50 }, () => append(100)));
    }
    await packing.atRest();
    expect(log.unpackedBytes()).toBeLessThan(33 * 156);
    await append(100);
    await packing.atRest();
    expect(log.streams.find('a')?.lastRevision).toBe(500);
  });

  it('keeps what waits bounded while others go on appending', async () => {
    let most = 0;
    for (let number = 0; number < 400; number += 1) {
      await append(5000);
      most = Math.max(most, log.unpackedBytes());
    }
    expect(most).toBeLessThan(mostWaiting * 3);
  });

  it('is at rest when it is closed', async () => {
    await append(100);
    const rest = packing.atRest();
    packing.close();
    await rest;
    await packing.atRest();
  });
});
