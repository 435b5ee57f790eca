/** Merkle trees after RFC 6962 §2.1: leaves and nodes are hashed with different prefixes, so that none passes for the other. */
import { sha256 } from '../kernel/hash.ts';

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

/** Hash of a leaf (32 bytes) from its text. */
export const leafHash = (text: string): Uint8Array => sha256(Buffer.concat([leafPrefix, Buffer.from(text)]));

const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(Buffer.concat([nodePrefix, left, right]));

/** Root of no leaf: the hash of the empty string. */
const emptyRoot = (): Uint8Array => sha256('');

/** A tree that grows leaf by leaf and keeps as many hashes as its size has bits. */
export interface GrowingTree {
  add(leaf: Uint8Array): void;
  readonly size: number;
  root(): Uint8Array;
}

export function createTree(): GrowingTree {
  /** Roots of full subtrees, the largest first; their sizes are the bits of `size`. */
  const full: Uint8Array[] = [];
  let size = 0;
  return {
    add(leaf) {
      let hash = leaf;
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = full.pop();
        if (left !== undefined) hash = nodeHash(left, hash);
      }
      full.push(hash);
      size += 1;
    },
    get size() {
      return size;
    },
    root() {
      let hash: Uint8Array | undefined;
      for (const left of full.toReversed()) hash = hash === undefined ? left : nodeHash(left, hash);
      return hash ?? emptyRoot();
    },
  };
}

export function rootOf(leaves: Iterable<Uint8Array>): Uint8Array {
  const tree = createTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** A run of leaves of a tree. */
export interface LeafRange {
  /** Leaves of the whole tree. */
  readonly size: number;
  /** The first of the run, and the first after it. */
  readonly from: number;
  readonly to: number;
}

/**
 * What is needed beside a run of leaves to come to the root of all: the roots of the largest subtrees outside of the run,
 * from left to right. For a run of one leaf these are the hashes of its audit path (RFC 6962 §2.1.1).
 */
export function rangeProof(leaves: readonly Uint8Array[], from: number, to: number): readonly Uint8Array[] {
  const proof: Uint8Array[] = [];
  walk(
    { size: leaves.length, from, to },
    {
      outside(start, count) {
        const hash = rootOf(leaves.slice(start, start + count));
        proof.push(hash);
        return hash;
      },
      leaf: (at) => leaves[at],
    },
  );
  return proof;
}

/** The root that a run of leaves and its proof come to; undefined where they do not fit the range. */
export function rootOfRange(
  range: LeafRange,
  leaves: readonly Uint8Array[],
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  const { size, from, to } = range;
  const isRange = Number.isSafeInteger(size) && 0 <= from && from <= to && to <= size;
  if (!isRange || leaves.length !== to - from) return undefined;
  let used = 0;
  const root = walk(range, {
    outside: () => proof[used++],
    leaf: (at) => leaves[at - from],
  });
  return used === proof.length ? root : undefined;
}

interface Walker {
  /** Root of a subtree that lies outside of the run. */
  readonly outside: (start: number, count: number) => Uint8Array | undefined;
  readonly leaf: (at: number) => Uint8Array | undefined;
}

/** Comes to the root from left to right; no deeper than the size has bits. */
function walk({ size, from, to }: LeafRange, { outside, leaf }: Walker): Uint8Array | undefined {
  const hashOf = (start: number, count: number): Uint8Array | undefined => {
    if (start >= to || start + count <= from) return outside(start, count);
    if (count === 1) return leaf(start);
    const left = largestPowerBelow(count);
    const hashes = [hashOf(start, left), hashOf(start + left, count - left)] as const;
    return hashes[0] === undefined || hashes[1] === undefined ? undefined : nodeHash(hashes[0], hashes[1]);
  };
  return size === 0 ? emptyRoot() : hashOf(0, size);
}

/** The largest power of two below `count`, which is at least 2. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
