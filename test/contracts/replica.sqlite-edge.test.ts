/** The replica contract over SQLite, and what SQLite adds: one owner, a private file. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feed, ReplicaDomain } from '@sluice/core/handover/feed.ts';
import { EdgeFileError, openReplica } from '@sluice/sqlite-edge';
import { replicaContract } from './replica.contract.ts';

replicaContract(() => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-replica-'));
  return {
    open: () => openReplica({ file: join(folder, 'replica.sqlite') }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe('replica file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-replica-'));
    file = join(folder, 'replica.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('belongs to one owner, who alone can read it: it holds data keys', () => {
    const replica = openReplica({ file });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => openReplica({ file })).toThrow(EdgeFileError);
    replica.close();
    openReplica({ file }).close();
  });

  const withKey = (key: string, changes: Partial<ReplicaDomain> = {}): Feed => ({
    domains: [
      {
        domainId: 'd1',
        accountId: 'a1',
        name: 'a.example',
        status: 'active',
        policy: { revision: 1, checks: {}, thresholds: { tag: 2, hold: 4, reject: 6 }, lists: [] },
        route: [],
        dataKey: { keyId: 'domain-d1', key },
        ...changes,
      },
    ],
    serviceLists: [],
    next: '1',
    more: false,
  });

  it('asks for everything once more where it does not know whose a route is', () => {
    const at = '2026-11-22T10:00:00.000Z';
    const old = openReplica({ file });
    old.apply(withKey('a2V5'), at);
    old.close();
    const replica = openReplica({ file });
    expect([replica.isReady(), replica.position()]).toEqual([true, undefined]);
    replica.apply(withKey('a2V5', { routeTrusted: false }), at);
    expect(replica.position()).toBe('1');
    replica.close();
    const again = openReplica({ file });
    expect(again.position()).toBe('1');
    again.close();
  });

  it('holds nothing of a key that was replaced', () => {
    const replica = openReplica({ file });
    replica.apply(withKey('b25lLWtleS10aGF0LWlzLWdvbmU='), '2026-11-22T10:00:00.000Z');
    replica.apply(withKey(''), '2026-11-22T10:00:01.000Z');
    replica.close();
    for (const suffix of ['', '-journal']) {
      expect(readFileSync(`${file}${suffix}`, { flag: 'a+' }).includes('b25lLWtleS10aGF0LWlzLWdvbmU=')).toBe(
        false,
      );
    }
  });
});
