/** Answers are remembered for as long as they say, and no more of them than fit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerCache } from './answer-cache.ts';

const found = (record: string) => ({ status: 'found', records: [record], ttl: 10 }) as const;

describe('remembered answers', () => {
  it('hold until their time is over, and say how much of it is left', () => {
    let now = 0;
    const cache = createAnswerCache({ maxEntries: 10, now: () => now });
    cache.put('A a.example', { answer: found('192.0.2.1'), ttl: 10 });
    now = 4_000;
    expect(cache.get('A a.example')).toEqual({ ...found('192.0.2.1'), ttl: 6 });
    now = 10_000;
    expect(cache.get('A a.example')).toBeUndefined();
  });

  it('hold a failure for a second', () => {
    let now = 0;
    const cache = createAnswerCache({ maxEntries: 10, now: () => now });
    const failed = { status: 'failed', message: 'SERVFAIL' } as const;
    cache.put('A a.example', { answer: failed, ttl: 0 });
    expect(cache.get('A a.example')).toEqual(failed);
    now = 1_000;
    expect(cache.get('A a.example')).toBeUndefined();
  });

  it('are not kept where they are long', () => {
    const cache = createAnswerCache({ maxEntries: 10 });
    cache.put('TXT a.example', { answer: found('x'.repeat(5_000)), ttl: 10 });
    expect(cache.get('TXT a.example')).toBeUndefined();
  });

  it('give way, the oldest first, and never are more than fit', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { minLength: 1 }), (names) => {
        const cache = createAnswerCache({ maxEntries: 5 });
        for (const name of names) cache.put(`${name}`, { answer: found(`${name}`), ttl: 10 });
        const kept = names.filter((name) => cache.get(`${name}`) !== undefined);
        expect(new Set(kept)).toEqual(new Set([...new Set(names.toReversed())].slice(0, 5)));
      }),
    );
  });
});
