/** Merkle trees: the known roots of Certificate Transparency, and what holds for every run of leaves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTree, leafHash, rangeProof, rootOf, rootOfRange } from './merkle.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** The leaves of the reference implementation of RFC 6962. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((bytes) => leafHash(Buffer.from(bytes, 'hex').toString('latin1')));

const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('Merkle trees', () => {
  it('have the roots of RFC 6962', () => {
    expect(roots.map((_, index) => hex(rootOf(leaves.slice(0, index + 1))))).toEqual(roots);
    expect(hex(rootOf([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('have the same root whether they grow or are walked', () => {
    const tree = createTree();
    for (const [index, leaf] of leaves.entries()) {
      tree.add(leaf);
      const all = leaves.slice(0, index + 1);
      expect(hex(tree.root())).toBe(hex(rootOfRange({ size: index + 1, from: 0, to: index + 1 }, all, [])));
    }
  });

  const run = fc
    .record({ size: fc.integer({ min: 0, max: 70 }), a: fc.nat(70), b: fc.nat(70) })
    .map(({ size, a, b }) => ({
      all: Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`)),
      from: Math.min(a, b, size),
      to: Math.min(Math.max(a, b), size),
    }));

  it('come to their root from any run of leaves and its proof, which stays short', () => {
    fc.assert(
      fc.property(run, ({ all, from, to }) => {
        const proof = rangeProof(all, from, to);
        const size = all.length;
        expect(hex(rootOfRange({ size, from, to }, all.slice(from, to), proof))).toBe(hex(rootOf(all)));
        expect(proof.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1)));
      }),
    );
  });

  it('do not come to it from other leaves, in another place, or with a hash too many or too few', () => {
    fc.assert(
      fc.property(run, ({ all, from, to }) => {
        fc.pre(to > from);
        const size = all.length;
        const proof = rangeProof(all, from, to);
        const part = all.slice(from, to);
        const root = hex(rootOf(all));
        const other = part.with(0, leafHash('another'));
        expect(hex(rootOfRange({ size, from, to }, other, proof))).not.toBe(root);
        expect(rootOfRange({ size, from, to }, part.slice(1), proof)).toBeUndefined();
        expect(rootOfRange({ size, from, to }, part, [...proof, leafHash('')])).toBeUndefined();
        if (proof.length > 0) expect(rootOfRange({ size, from, to }, part, proof.slice(1))).toBeUndefined();
        if (part.length > 1) {
          expect(hex(rootOfRange({ size, from, to }, part.toReversed(), proof))).not.toBe(root);
        }
      }),
    );
  });
});
