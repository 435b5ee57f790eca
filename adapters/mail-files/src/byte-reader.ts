/** Reads a stream of chunks as so many bytes at a time. */

export interface ByteReader {
  /** Exactly so many bytes; fewer only at the end. */
  read(length: number): Promise<Buffer>;
  /** The next so many bytes in pieces; what is not taken of them is passed over by the next call of anything. */
  pieces(length: number): AsyncGenerator<Buffer>;
  /** False if it ended before. */
  skip(length: number): Promise<boolean>;
}

export function createByteReader(chunks: AsyncIterable<Buffer>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let current: Buffer = Buffer.alloc(0);

  /** Up to so many bytes; undefined at the end. */
  const some = async (length: number): Promise<Buffer | undefined> => {
    while (current.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return undefined;
      current = next.value;
    }
    const piece = current.subarray(0, length);
    current = current.subarray(piece.length);
    return piece;
  };

  let unread = 0;
  const passOver = async (): Promise<boolean> => {
    while (unread > 0) {
      const piece = await some(unread);
      if (piece === undefined) return false;
      unread -= piece.length;
    }
    return true;
  };

  async function* take(): AsyncGenerator<Buffer> {
    while (unread > 0) {
      const piece = await some(unread);
      if (piece === undefined) throw new Error('it ends too early');
      unread -= piece.length;
      yield piece;
    }
  }

  return {
    async read(length) {
      await passOver();
      const pieces: Buffer[] = [];
      for (let left = length; left > 0;) {
        const piece = await some(left);
        if (piece === undefined) break;
        pieces.push(piece);
        left -= piece.length;
      }
      return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    },
    pieces(length) {
      // At once: they are passed over even if nobody ever asks for them.
      unread += length;
      return take();
    },
    async skip(length) {
      unread += length;
      return passOver();
    },
  };
}
