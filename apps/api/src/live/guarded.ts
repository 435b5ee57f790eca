/** Errors in the middle of a subscription are told like those of a query: by their part, without their words. */
import { TRPCError } from '@trpc/server';
import { faultOf } from '../faults.ts';

export async function* guarded<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
  try {
    yield* items;
  } catch (cause) {
    if (cause instanceof TRPCError) throw cause;
    const { code, message } = faultOf(cause);
    throw new TRPCError({ code, message, cause });
  }
}
