/** Addresses that end by themselves. */
import { describe, expect, it } from 'vitest';
import { createMemoryCounters } from '../edge/memory-counters.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import type { EdgeView } from './edge-view.ts';
import { goodConduct } from './edge-view.ts';
import { concluded, gathered, type Circumstances } from './check-specification.ts';
import { recipientDisposable } from './recipient-disposable.ts';

const edgeWith = (counters: SharedCounters): EdgeView => ({
  now: '2026-11-22T12:00:00.000Z',
  counters,
  domainId: 'd',
  connection: { openAtOnce: 1, conduct: goodConduct, unknownRecipients: 0, load: undefined },
});

const judgeTo = (recipient: string, settings: object, some: Circumstances = {}) =>
  concluded(recipientDisposable, {
    settings,
    envelope: { recipients: [recipient] },
    view: { recipient },
    ...some,
  });

const prefix = { prefix: 'tmp-' };

describe('recipient-disposable', () => {
  it('says nothing of other addresses, nor where nothing is set', async () => {
    expect(await judgeTo('bob@here.example', prefix)).toEqual({
      result: 'none',
      sentence: 'bob@here.example is no disposable address.',
    });
    expect(await judgeTo('tmp-20200101@here.example', {})).toMatchObject({ result: 'none' });
  });

  it.each([
    ['tmp-20261121-shop@here.example', 'fail'],
    ['tmp-2026-11-21@here.example', 'fail'],
    ['tmp-20261122-shop@here.example', 'pass'],
    ['tmp-20271231@here.example', 'pass'],
    ['tmp-shop@here.example', 'pass'],
  ] as const)('reads the last day from %s: %s', async (recipient, result) => {
    expect(await judgeTo(recipient, prefix)).toMatchObject({ result });
  });

  it('ends a single address with its day, and says so', async () => {
    const settings = { addresses: [{ address: 'fair@here.example', expires: '2026-10-31' }] };
    expect(await judgeTo('fair@here.example', settings)).toEqual({
      result: 'fail',
      reason: 'recipient-expired',
      sentence: 'fair@here.example ended with 2026-10-31 (fair@here.example).',
    });
  });

  it('ends an address after so many mails, whatever its case', async () => {
    const edge = edgeWith(createMemoryCounters({ now: () => 0 }));
    const results: unknown[] = [];
    for (const recipient of ['tmp-shop@here.example', 'TMP-Shop@here.example', 'tmp-shop@here.example']) {
      const view = { recipient: recipient.toLowerCase() };
      results.push(await judgeTo(recipient, { ...prefix, uses: 2 }, { edge, view }));
    }
    expect(results).toMatchObject([
      { result: 'pass', sentence: 'This is mail 1 of 2 to tmp-shop@here.example (tmp-*).' },
      { result: 'pass' },
      {
        result: 'fail',
        reason: 'recipient-expired',
        sentence: 'This is mail 3 of 2 to tmp-shop@here.example (tmp-*).',
      },
    ]);
  });

  it('counts for those recipients alone that have a limit, and says when it counts alone', async () => {
    const edge = edgeWith({
      ...createMemoryCounters({ now: () => 0 }),
      add: async () => ({ value: 9, shared: false, away: true }),
    });
    const envelope = { recipients: ['bob@here.example', 'tmp-1x@here.example'] };
    const settings = { ...prefix, uses: 2 };
    expect(await gathered(recipientDisposable, { settings, envelope, edge })).toEqual({
      status: 'observed',
      fact: { uses: [null, 9], alone: true },
    });
  });

  it('counts nothing for a mail of an archive, and lets it through', async () => {
    expect(await gathered(recipientDisposable, { settings: { ...prefix, uses: 2 } })).toEqual({
      status: 'observed',
      fact: {},
    });
    expect(await judgeTo('tmp-shop@here.example', { ...prefix, uses: 2 })).toMatchObject({ result: 'pass' });
  });
});
