/** The address vectors of isemail through our syntax, and what of them the check header-address says. */
import { describe, expect, it } from 'vitest';
import { addressFault } from '@sluice/core/message/address-syntax.ts';
import { corpusMissing, readSuite } from '../support/corpus.ts';

/** Vectors about which we think otherwise, by file and number, with the reason. May only become shorter. */
const differences: Readonly<Record<string, string>> = {
  'tests.xml 134': 'a line end within quotes: a field reaches us unfolded, and one that is left is an attack',
  'tests-original.xml 123': 'a line end within quotes, likewise',
  'tests.xml 160': 'letters beyond ASCII are allowed since RFC 6532',
  'tests-original.xml 159': 'a folded line is joined before it is read',
};

/** Addresses of these may stand in a header, however odd they are; the others may not. */
const usable = new Set(
  ['VALID_CATEGORY', 'DNSWARN', 'RFC5321', 'CFWS', 'DEPREC'].map((category) => `ISEMAIL_${category}`),
);

const suites = corpusMissing
  ? []
  : [...readSuite('address-isemail')].filter(({ path }) => /\/tests(?:-original)?\.xml$/.test(path));

const vectors = suites.flatMap(({ path, bytes }) =>
  [
    ...Buffer.from(bytes)
      .toString('utf8')
      .matchAll(/<test id="(\d+)"[\s\S]*?<\/test>/g),
  ].map(([test, id]) => ({
    vector: `${path.slice(path.lastIndexOf('/') + 1)} ${id}`,
    address: unescape(/<address>([\s\S]*?)<\/address>/.exec(test)?.[1] ?? ''),
    isUsable: usable.has(/<category>(.*?)<\/category>/.exec(test)?.[1] ?? ''),
  })),
);

/** Control characters stand there as their symbols. */
function unescape(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text
    .replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (_all, hex?: string, decimal?: string, name = '') => {
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return Number.isNaN(code) ? (named[name] ?? '') : String.fromCodePoint(code);
    })
    .replace(/[\u2400-\u241f]/g, (symbol) => String.fromCodePoint(symbol.charCodeAt(0) - 0x2400));
}

describe.skipIf(corpusMissing)('addresses as isemail tests them (needs the test corpus)', () => {
  it('has 443 vectors', () => {
    expect(vectors).toHaveLength(443);
  });

  it.each(vectors)('$vector', ({ vector, address, isUsable }) => {
    const isOurs = addressFault(address) === undefined;
    expect(isOurs === isUsable).toBe(!(vector in differences));
  });
});
