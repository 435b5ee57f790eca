/** Values that filters compare: no longer than Meilisearch keeps them, and the same for what is stored and what is asked. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressParts, wantedParts } from './tokens.ts';

/** Letters of one to four bytes, and one that is eighteen letters where it is compared. */
const letters = fc.constantFrom('a', 'Z', 'é', 'я', '한', '税', '𝕏', '𐐷', 'ﷺ', '.', '@');
const address = fc.array(letters, { maxLength: 120 }).map((chosen) => chosen.join(''));

it('are at most 468 bytes, as they are compared', () => {
  fc.assert(
    fc.property(address, (text) => {
      for (const value of [...addressParts(text), ...wantedParts(text)])
        expect(Buffer.byteLength(value.normalize('NFKD').toLowerCase())).toBeLessThanOrEqual(468);
    }),
  );
});

it('of a part that is asked for are among those of the address', () => {
  fc.assert(
    fc.property(address, (text) => {
      const stored = addressParts(text);
      for (const part of wantedParts(text)) expect(stored).toContain(part);
    }),
  );
});
