/** A subscription goes on for as long as whoever began it may see it: they are asked for again before each item. */
import { TRPCError } from '@trpc/server';

export const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

export async function* whileAdmitted<T>(
  items: AsyncIterable<T>,
  isAdmitted: () => Promise<boolean>,
): AsyncGenerator<T, void> {
  for await (const item of items) {
    if (!(await isAdmitted())) {
      throw new TRPCError({ code: 'FORBIDDEN', message: 'You may not see this any more.' });
    }
    yield item;
  }
}
