/** One watch for all who follow: it tells every move, asks only while somebody follows, and ends with the signal. */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { watchCheckpoint } from './checkpoint-watch.ts';

function reading() {
  const state = { position: '5' as string | undefined, asked: 0 };
  const watch = watchCheckpoint(async () => {
    state.asked += 1;
    return state.position;
  });
  return { state, watch };
}

describe('a follower', () => {
  it('learns at once where the read model is, and then of each move', async () => {
    const { state, watch } = reading();
    const moves = watch.moves(undefined, undefined);
    expect(await moves.next()).toEqual({ done: false, value: '5' });
    const next = moves.next();
    state.position = '10';
    expect(await next).toEqual({ done: false, value: '10' });
    await moves.return();
  });

  it('is told nothing that it has seen', async () => {
    const { state, watch } = reading();
    const moves = watch.moves('9', undefined);
    const next = moves.next();
    expect(await Promise.race([next, pause(400, 'nothing')])).toBe('nothing');
    // As numbers: '10' comes after '9'.
    state.position = '10';
    expect(await next).toEqual({ done: false, value: '10' });
    await moves.return();
  });

  it('ends with its signal, in the middle of waiting', async () => {
    const { watch } = reading();
    const stop = new AbortController();
    const moves = watch.moves('5', stop.signal);
    const next = moves.next();
    await pause(20);
    expect(watch.followers()).toBe(1);
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(watch.followers()).toBe(0);
  });
});

describe('many followers', () => {
  it('cost as many questions as one, and none once they have gone', async () => {
    const { state, watch } = reading();
    const stop = new AbortController();
    const ends = Array.from({ length: 50 }, () => watch.moves('5', stop.signal).next());
    await pause(600);
    expect(state.asked).toBeGreaterThanOrEqual(2);
    expect(state.asked).toBeLessThanOrEqual(4);
    stop.abort();
    await Promise.all(ends);
    await pause(300);
    const { asked } = state;
    await pause(600);
    expect(state.asked).toBe(asked);
  });

  it('that come after all others had gone hear nothing old', async () => {
    const { state, watch } = reading();
    const first = watch.moves(undefined, undefined);
    await first.next();
    await first.return();
    state.position = '7';
    const second = watch.moves(undefined, undefined);
    expect(await second.next()).toEqual({ done: false, value: '7' });
    await second.return();
  });

  it('go on when a question fails', async () => {
    let asked = 0;
    const watch = watchCheckpoint(async () => {
      asked += 1;
      if (asked === 1) throw new Error('gone');
      return '1';
    });
    const moves = watch.moves(undefined, undefined);
    expect(await moves.next()).toEqual({ done: false, value: '1' });
    await moves.return();
  });
});
