/** What every Replica promises: what was fed is served from memory, whole, and is there after a restart. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feed, ReplicaDomain } from '@sluice/core/handover/feed.ts';
import type { Replica } from '@sluice/core/ports/replica.ts';

const at = '2026-11-22T10:00:00.000Z';

const domain = (name: string, changes: Partial<ReplicaDomain> = {}): ReplicaDomain => ({
  domainId: `id-of-${name}`,
  accountId: 'account-1',
  name,
  status: 'active',
  policy: { revision: 1, checks: {}, thresholds: { tag: 2, hold: 4, reject: 6 }, lists: [] },
  route: [{ host: '127.0.0.1', port: 25, tls: 'none' }],
  routeTrusted: true,
  dataKey: { keyId: `domain-id-of-${name}`, key: 'a2V5' },
  ...changes,
});

const feed = (domains: readonly ReplicaDomain[], changes: Partial<Feed> = {}): Feed => ({
  domains,
  serviceLists: [],
  next: '10',
  more: false,
  ...changes,
});

const entry = { action: 'block', pattern: '@bad.example', authenticated: false } as const;

export function replicaContract(create: () => { open(): Replica; remove(): void }): void {
  describe('replica', () => {
    let place: ReturnType<typeof create>;
    let replica: Replica;
    const reopen = (): void => {
      replica.close();
      replica = place.open();
    };
    beforeEach(() => {
      place = create();
      replica = place.open();
    });
    afterEach(() => {
      replica.close();
      place.remove();
    });

    it('knows nothing at first, and says so', () => {
      expect(replica.isReady()).toBe(false);
      expect(replica.domain('a.example')).toBeUndefined();
      expect([replica.confirmedAt(), replica.position()]).toEqual([undefined, undefined]);
    });

    it('serves what was fed, by name and by id, also after a restart', () => {
      replica.apply(feed([domain('a.example'), domain('b.example')], { serviceLists: [entry] }), at);
      for (const again of [false, true]) {
        if (again) reopen();
        expect(replica.isReady()).toBe(true);
        expect(replica.position()).toBe('10');
        expect(replica.confirmedAt()).toBe(at);
        const known = domain('a.example');
        expect(replica.domain('a.example')).toEqual({
          ...known,
          policy: { ...known.policy, serviceLists: [entry] },
        });
        expect(replica.domainById('id-of-b.example')?.name).toBe('b.example');
        expect(replica.domain('c.example')).toBeUndefined();
      }
    });

    it('is not ready, nor confirmed, until a feed was complete', () => {
      replica.apply(feed([domain('a.example')], { more: true, next: '5' }), at);
      expect([replica.isReady(), replica.confirmedAt(), replica.position()]).toEqual([false, undefined, '5']);
      reopen();
      expect(replica.isReady()).toBe(false);
      replica.apply(feed([domain('b.example')]), at);
      expect([replica.isReady(), replica.confirmedAt()]).toEqual([true, at]);
      expect(replica.domain('a.example')).toBeDefined();
      replica.apply(feed([], { more: true, next: '11' }), '2026-11-22T11:00:00.000Z');
      expect([replica.isReady(), replica.confirmedAt()]).toEqual([true, at]);
    });

    it('gives the same object until the domain changes, so that a transaction can pin it', () => {
      replica.apply(feed([domain('a.example'), domain('b.example')]), at);
      const [a, b] = [replica.domain('a.example'), replica.domain('b.example')];
      replica.apply(
        feed([domain('a.example', { status: 'suspended' }), domain('b.example')], { next: '11' }),
        at,
      );
      expect(replica.domain('a.example')?.status).toBe('suspended');
      expect(a?.status).toBe('active');
      expect(replica.domain('b.example')).toBe(b);
      expect(replica.domainById('id-of-b.example')).toBe(b);
    });

    it('says of which revision the service lists are, also after a restart, and lets none decide about a suspended domain', () => {
      const domains = [domain('a.example'), domain('b.example', { status: 'suspended' })];
      replica.apply(feed(domains, { serviceLists: [entry], serviceRevision: 3 }), at);
      for (const again of [false, true]) {
        if (again) reopen();
        expect(replica.domain('a.example')?.policy).toMatchObject({
          serviceLists: [entry],
          serviceRevision: 3,
        });
        expect(replica.domain('b.example')?.policy).toMatchObject({ serviceLists: [], serviceRevision: 3 });
      }
      replica.apply(feed([], { serviceLists: [], serviceRevision: 4, next: '11' }), at);
      expect(replica.domain('a.example')?.policy).toMatchObject({ serviceLists: [], serviceRevision: 4 });
    });

    it('puts new service lists into every policy', () => {
      replica.apply(feed([domain('a.example')]), at);
      const pinned = replica.domain('a.example');
      replica.apply(feed([], { serviceLists: [entry], next: '11' }), at);
      expect(replica.domain('a.example')?.policy.serviceLists).toEqual([entry]);
      expect(replica.domainById('id-of-a.example')).toBe(replica.domain('a.example'));
      expect(pinned?.policy.serviceLists).toEqual([]);
    });

    it('gives a name to who has it now, in whatever order it learns of a removal', () => {
      const removed = { status: 'removed', removedAt: '2026-11-01T00:00:00.000Z' } as const;
      const old = domain('a.example', { domainId: 'old', ...removed });
      const present = domain('a.example', { domainId: 'new' });
      for (const domains of [
        [old, present],
        [present, old],
      ]) {
        replica.apply(feed(domains), at);
        expect(replica.domain('a.example')?.domainId).toBe('new');
        reopen();
        expect(replica.domain('a.example')?.domainId).toBe('new');
        expect(replica.domainById('old')?.status).toBe('removed');
      }
    });
  });
}
