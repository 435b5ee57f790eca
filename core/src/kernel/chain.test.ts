/** The chain: whatever is altered, missing, doubled or reordered is found. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChainHead,
  type ChainLink,
  emptyChain,
  followChain,
  linkHash,
  linkOf,
  nextLink,
} from './chain.ts';

interface Link {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly n: number; readonly chain: ChainLink };
}

function build(values: readonly number[]): Link[] {
  let head = emptyChain;
  return values.map((n, index) => {
    const event = { id: `e${index}`, type: 'MailJudged', data: { n, chain: nextLink('mx1', head) } };
    head = { counter: event.data.chain.counter, hash: linkHash(event) };
    return event;
  });
}

/** Index of the first event that does not follow, or undefined. */
function firstFault(events: readonly Link[]): number | undefined {
  let head: ChainHead = emptyChain;
  for (const [index, event] of events.entries()) {
    const next = followChain(head, linkOf(event.data) ?? event.data.chain, event);
    if ('code' in next) return index;
    head = next;
  }
  return undefined;
}

const values = fc.array(fc.integer(), { minLength: 3, maxLength: 30 });

describe('chain', () => {
  it('holds from the first to the last', () => {
    fc.assert(
      fc.property(values, (list) => {
        expect(firstFault(build(list))).toBeUndefined();
      }),
    );
  });
  it('finds an altered event', () => {
    fc.assert(
      fc.property(values, fc.nat(), (list, at) => {
        const events = build(list);
        const index = at % (events.length - 1);
        const event = events[index];
        if (event === undefined) throw new Error('inside');
        events[index] = { ...event, data: { ...event.data, n: event.data.n + 1 } };
        expect(firstFault(events)).toBe(index + 1);
      }),
    );
  });
  it('finds a missing, a doubled and a reordered event', () => {
    const events = build([1, 2, 3, 4]);
    const [a, b, c, d] = events as [Link, Link, Link, Link];
    expect(firstFault([a, c, d])).toBe(1);
    expect(firstFault([a, b, b, c, d])).toBe(2);
    expect(firstFault([a, c, b, d])).toBe(1);
  });
});
