/** Asks again and again until the answer is good, or the deadline has passed: instead of sleeping and hoping. */
import { setTimeout as wait } from 'node:timers/promises';

/** The first answer that is neither undefined nor false. Throws after `deadlineMs`, naming what was waited for. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 10_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await wait(20);
  }
}
