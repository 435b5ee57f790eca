/** Whoever switches a check is told all that can be set of it. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeCheck } from './describe-check.ts';
import { allChecks, allReasons, isKeptReason, reasonTitle } from './registry.ts';

describe.each(allChecks.map((check) => [check.name, check] as const))(
  'the description of %s',
  (_name, check) => {
    const described = describeCheck(check);

    it('has a schema that its defaults and presets fit', () => {
      const schema = z.fromJSONSchema(described.schema);
      for (const settings of [
        described.defaults,
        ...Object.values(described.presets).map((one) => one.settings),
      ])
        expect(schema.safeParse(settings)).toMatchObject({ success: true });
    });

    it('says of every setting what it is for', () => {
      const properties = (described.schema['properties'] ?? {}) as Record<string, { description?: string }>;
      expect(Object.keys(properties)).toEqual(Object.keys(described.defaults));
      for (const property of Object.values(properties)) expect(property.description).toMatch(/\w{3}/);
    });

    it('offers the modes of its presets', () => {
      for (const { mode } of Object.values(described.presets)) expect(described.modes).toContain(mode);
    });

    it('is plain JSON', () => {
      expect(JSON.parse(JSON.stringify(described))).toEqual(described);
    });
  },
);

describe('the title of a reason', () => {
  it('is short, without full stop, and says something else for each', () => {
    const titles = Object.values(allReasons).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const title of titles) expect(title).toMatch(/^[A-Z].{2,40}[^.]$/);
  });

  it('is the code where the reason is not known', () => {
    expect(reasonTitle('spf-fail')).toBe('SPF fails');
    expect(reasonTitle('from-another-version')).toBe('from-another-version');
    expect(reasonTitle('constructor')).toBe('constructor');
  });
});

it('is known of each reason whether a copy is kept', () => {
  const keeping = ['spf-fail', 'score-hold', 'undeliverable', 'from-another-version'];
  expect(keeping.filter(isKeptReason)).toEqual(keeping);
  expect(['recipient-unknown', 'relay-denied', 'clean', 'too-large'].filter(isKeptReason)).toEqual([]);
});
