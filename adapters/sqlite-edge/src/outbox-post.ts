/** A group of operations on its way to the writer thread: all raw mails of it in one buffer, which changes hands. */
import type { Operation, OperationOf } from './outbox-operations.ts';

/** A put whose raw mail is a place in the buffer. */
type PostedPut = Omit<OperationOf<'put'>, 'raw'> & { readonly start: number; readonly length: number };

/** A group shares one transaction and one fsync. */
export interface PostedGroup {
  readonly kind: 'group';
  readonly operations: readonly (Exclude<Operation, { kind: 'put' }> | PostedPut)[];
  /** A copy: the callers' bytes may lie in buffers that hold other things too. One transfer costs what twenty would each. */
  readonly bytes: ArrayBuffer;
}

export type WriterRequest = PostedGroup | { readonly kind: 'close' };

export function packGroup(operations: readonly Operation[]): PostedGroup {
  const total = operations.reduce((sum, one) => sum + (one.kind === 'put' ? one.raw.length : 0), 0);
  const bytes = new Uint8Array(total);
  let end = 0;
  const posted = operations.map((operation) => {
    if (operation.kind !== 'put') return operation;
    const { raw, ...put } = operation;
    bytes.set(raw, end);
    const start = end;
    end += raw.length;
    return { ...put, start, length: raw.length };
  });
  return { kind: 'group', operations: posted, bytes: bytes.buffer };
}

export const unpackGroup = ({ operations, bytes }: PostedGroup): readonly Operation[] =>
  operations.map((operation) => {
    if (operation.kind !== 'put') return operation;
    const { start, length, ...put } = operation;
    return { ...put, raw: new Uint8Array(bytes, start, length) };
  });
