/**
 * Hands out lists one by one. Written by hand and not as a generator: of a message that lies ready it costs one promise, where
 * `yield` costs three, and a rebuild asks for millions.
 */

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** `isWanted` is asked for each when its turn has come, and no more once `ended` aborted. */
export function oneByOne<T>(
  lists: AsyncGenerator<readonly T[], void, undefined>,
  ended: AbortSignal,
  isWanted: (item: T) => boolean,
): AsyncGenerator<T, void, undefined> {
  let list: readonly T[] = [];
  let index = 0;
  // Asked for every item: a composite signal takes long to answer.
  let isEnded = ended.aborted;
  ended.addEventListener('abort', () => (isEnded = true), { once: true });

  const nextWanted = (): { readonly value: T } | undefined => {
    while (!isEnded && index < list.length) {
      const value = list[index++];
      if (value !== undefined && isWanted(value)) return { value };
    }
    return undefined;
  };
  const finish = async (): Promise<IteratorReturnResult<undefined>> => {
    isEnded = true;
    list = [];
    await lists.return();
    return done;
  };
  const fetch = async (): Promise<IteratorResult<T, undefined>> => {
    for (;;) {
      if (isEnded) return finish();
      const { value, done: isOver } = await lists.next();
      if (isOver === true || value === undefined) return done;
      list = value;
      index = 0;
      const wanted = nextWanted();
      if (wanted !== undefined) return { done: false, value: wanted.value };
    }
  };
  return {
    next() {
      const wanted = nextWanted();
      return wanted === undefined ? fetch() : Promise.resolve({ done: false, value: wanted.value });
    },
    return: finish,
    async throw(error) {
      await finish();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await finish();
    },
  };
}
