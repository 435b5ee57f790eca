/** Waiting with an end. */
import { describe, expect, it } from 'vitest';
import { createDeadline } from './deadline.ts';

describe('a deadline', () => {
  const deadline = createDeadline();

  it('passes on what comes in time', async () => {
    expect(await deadline.within(Promise.resolve('value'), 1_000)).toEqual({ ok: true, value: 'value' });
    await expect(deadline.within(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken');
  });

  it('ends the wait for what does not', async () => {
    expect(await deadline.within(new Promise(() => undefined), 20)).toEqual({ ok: false });
  });

  it('swallows a rejection that comes too late', async () => {
    const late = Promise.withResolvers<string>();
    expect(await deadline.within(late.promise, 10)).toEqual({ ok: false });
    // Vitest fails a run with an unhandled rejection.
    late.reject(new Error('too late'));
  });

  it('leaves no timer behind that would keep a process alive', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await deadline.within(Promise.resolve(), 60_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout')).toHaveLength(before);
  });
});
