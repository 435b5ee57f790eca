/** Turns: none waits while the processor is free; while it is full, the first who asked is the first to go on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { watchProcessor } from './processor.ts';
import { createTurns, type Turn, type TurnsOptions } from './turns.ts';

function asking(options: Partial<TurnsOptions> = {}) {
  const turns = createTurns({ most: 2, leaseMs: 60_000, longestMs: 60_000, isFull: () => true, ...options });
  const order: string[] = [];
  const taken = new Map<string, Turn>();
  const ask = (name: string): void =>
    turns.ask((turn) => {
      order.push(name);
      taken.set(name, turn);
    });
  return { ask, order, turn: (name: string) => taken.get(name)! };
}

describe('turns', () => {
  it('lets everybody go on while the processor is not full', () => {
    const { ask, order } = asking({ isFull: () => false });
    for (const name of 'abcde') ask(name);
    expect(order.join('')).toBe('abcde');
  });

  it('asks no more than so many for their message while it is full, in the order of asking', () => {
    const { ask, order, turn } = asking();
    for (const name of 'abcd') ask(name);
    expect(order.join('')).toBe('ab');
    turn('b').end();
    expect(order.join('')).toBe('abc');
    turn('a').end();
    expect(order.join('')).toBe('abcd');
  });

  it('gives no place away twice for a turn that ends twice', () => {
    const { ask, order, turn } = asking();
    for (const name of 'abcd') ask(name);
    turn('a').end();
    turn('a').end();
    expect(order.join('')).toBe('abc');
  });

  it('lets all go on that wait, once the processor is free again', () => {
    let isFull = true;
    const { ask, order, turn } = asking({ isFull: () => isFull });
    for (const name of 'abcdef') ask(name);
    isFull = false;
    turn('a').end();
    expect(order.join('')).toBe('abcdef');
  });

  it('lets them go on, too, when the processor is free because the mail that is here waits for others', async () => {
    let isFull = true;
    const { ask, order } = asking({ isFull: () => isFull });
    for (const name of 'abc') ask(name);
    isFull = false;
    await sleep(100);
    expect(order.join('')).toBe('abc');
  });

  it('does not count a client that is slow to send, until its message is here', async () => {
    const { ask, order, turn } = asking({ most: 1, leaseMs: 20 });
    ask('slow');
    ask('next');
    expect(order).toEqual(['slow']);
    await sleep(60);
    expect(order).toEqual(['slow', 'next']);
    turn('slow').arrived();
    turn('slow').end();
    expect(order).toEqual(['slow', 'next']);
  });

  it('keeps the turn of a message that is here for as long as it is decided', async () => {
    const { ask, order, turn } = asking({ most: 1, leaseMs: 20 });
    ask('here');
    turn('here').arrived();
    ask('next');
    await sleep(60);
    expect(order).toEqual(['here']);
    turn('here').end();
    expect(order).toEqual(['here', 'next']);
  });

  it('lets nobody wait for longer than the longest wait', async () => {
    const { ask, order } = asking({ most: 1, longestMs: 20 });
    for (const name of 'abc') ask(name);
    await sleep(60);
    expect(order.join('')).toBe('abc');
  });
});

describe('the processor', () => {
  it('is full when this thread had no moment free, and no longer when it waits', async () => {
    const isFull = watchProcessor();
    isFull();
    await sleep(0);
    const end = performance.now() + 100;
    while (performance.now() < end);
    await sleep(0);
    expect(isFull()).toBe(true);
    await sleep(100);
    expect(isFull()).toBe(false);
  });
});
