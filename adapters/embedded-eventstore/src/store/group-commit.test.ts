/** Appends that share a transaction: one fsync, and none suffers from its neighbour. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import type { GroupCommit } from './group-commit.ts';
import { createGroupCommit } from './group-commit.ts';
import { openDatabase } from './database.ts';
import type { AppendOutcome, AppendRequest, Expected, ProposedEvent } from './requests.ts';

const event = (): ProposedEvent => ({
  id: randomBytes(16),
  type: 'Tested',
  isJson: true,
  data: Buffer.from('{}'),
  metadata: new Uint8Array(0),
});
const request = (stream: string, expected: Expected = 'any', events = [event()]): AppendRequest => ({
  stream,
  expected,
  events,
});

describe('a group of appends', () => {
  let folder: string;
  let log: EventLog;
  let commits: GroupCommit;
  let transactions: number;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-group-'));
    const opened = createEventLog(openDatabase(join(folder, 'events.db')));
    transactions = 0;
    log = {
      ...opened,
      transaction(action) {
        transactions += 1;
        return opened.transaction(action);
      },
    };
    commits = createGroupCommit(log, () => 1000);
  });
  afterEach(() => {
    commits.close();
    log.close();
    rmSync(folder, { recursive: true });
  });
  const append = (one: AppendRequest): Promise<AppendOutcome> =>
    new Promise((resolve) => {
      commits.append(one, resolve);
    });

  it('of one turn shares one transaction, and sees those before it', async () => {
    const outcomes = await Promise.all([
      append(request('a', 'no-stream')),
      append(request('a', 0)),
      append(request('a', 0)),
      append(request('b', 'no-stream')),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'appended',
      'appended',
      'wrong-expected-revision',
      'appended',
    ]);
    expect(transactions).toBe(1);
  });

  it('loses none beside one that breaks the transaction', async () => {
    // A type that is no text cannot come from the protocol; the schema is what refuses it here.
    const broken = { ...event(), type: undefined as unknown as string };
    const outcomes = await Promise.all([
      append(request('a', 'no-stream')),
      append(request('b', 'no-stream', [event(), broken])),
      append(request('a', 0)),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'failed', 'appended']);
    expect(log.streams.find('a')?.lastRevision).toBe(1);
    expect(log.streams.find('b')).toBeUndefined();
    const ids: number[] = [];
    log.reads.all(-1, { direction: 'forwards', limit: 10 }, ({ revision }) => ids.push(revision) > 0);
    expect(ids).toEqual([0, 1]);
  });

  it('appends nothing that comes after its deadline', async () => {
    expect(await append({ ...request('a'), deadline: 999 })).toEqual({ kind: 'expired' });
    expect(await append({ ...request('a'), deadline: 1000 })).toMatchObject({ kind: 'appended' });
  });

  it('tells of commits that added something, and of no others', async () => {
    let commitsSeen = 0;
    const stop = commits.onCommit(() => {
      commitsSeen += 1;
    });
    await append(request('a', 7));
    expect(commitsSeen).toBe(0);
    await append(request('a'));
    expect(commitsSeen).toBe(1);
    stop();
    await append(request('a'));
    expect(commitsSeen).toBe(1);
  });

  it('is committed when the store closes, and refused afterwards', async () => {
    const last = append(request('a'));
    commits.close();
    expect(await last).toMatchObject({ kind: 'appended', revision: 0 });
    expect(await append(request('a'))).toEqual({ kind: 'failed' });
  });

  it('is cut where it is very large', async () => {
    const outcomes = await Promise.all(Array.from({ length: 1200 }, () => append(request('a'))));
    expect(outcomes.every(({ kind }) => kind === 'appended')).toBe(true);
    expect(transactions).toBe(3);
    expect(log.streams.find('a')?.lastRevision).toBe(1199);
  });
});
