/** ValiMail's ARC validation suite through our authenticator. */
import { isMap, isNode, parseDocument } from 'yaml';
import { describe, expect, it } from 'vitest';
import { createMailAuthenticator } from '@sluice/mailauth';
import { asReceived, corpusMissing, readSuite } from '../support/corpus.ts';
import { createZoneResolver, type Zone } from '../support/zone-resolver.ts';

interface Case {
  readonly message: string;
  /** The chain's status; none is written in several ways. */
  readonly cv: string | null;
}

const sealedAsFailed =
  'the suite states no status; a seal that says cv=fail fails the chain (RFC 8617 §5.2 steps 2 and 3)';

/** Cases in which we answer otherwise, with our answer and the reason. May only become shorter. */
const differences: Readonly<Record<string, readonly [answer: string, reason: string]>> = {
  cv_fail_i1_as_cv_fail: ['fail', sealedAsFailed],
  cv_fail_i2_as2_fail: ['fail', sealedAsFailed],
  cv_fail_i2_as1_fail: ['fail', sealedAsFailed],
  ams_fields_c_na: [
    'fail',
    'the draft took relaxed where c= is missing; RFC 8617 §4.1.2 takes simple, as RFC 6376 §3.5 does',
  ],
  ams_fields_h_empty: ['fail', 'a signature that leaves out From is none (RFC 6376 §5.4)'],
};

const [file] = corpusMissing
  ? []
  : [...readSuite('auth-arc')].filter(({ path }) => path.endsWith('arc-draft-validation-tests.yml'));

const cases = Buffer.from(file?.bytes ?? [])
  .toString('utf8')
  .split(/^---\s*$/m)
  .flatMap(readScenario);

/** Names occur twice in it: all of them count. */
function readScenario(text: string) {
  const scenario = parseDocument(text, { uniqueKeys: false }).contents;
  if (!isMap(scenario)) return [];
  const tests = scenario.get('tests', true);
  const records = scenario.get('txt-records', true);
  const zone: Zone = Object.fromEntries(
    pairsOf(records).map(([name, record]) => [name.toLowerCase(), { TXT: [String(record)] }]),
  );
  return pairsOf(tests).map(([name, test]) => {
    const { message, cv } = test as Case;
    return { name, message, stated: (cv ?? 'none').toLowerCase() || 'none', zone };
  });
}

function pairsOf(node: unknown): readonly (readonly [string, unknown])[] {
  if (!isMap(node)) return [];
  return node.items.map(({ key, value }) => [
    String(key),
    isNode(value) ? (value.toJSON() as unknown) : value,
  ]);
}

describe.skipIf(corpusMissing)('ARC chains (needs the test corpus)', () => {
  it('has 171 names, four of them twice', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(171);
    expect(cases).toHaveLength(175);
  });

  it.each(cases)('$name', async ({ name, message, stated, zone }) => {
    const authenticator = createMailAuthenticator(createZoneResolver(zone));
    const { result, sets } = await authenticator.arc(asReceived(Buffer.from(message)), 5_000);
    expect(result).toBe(differences[name]?.[0] ?? stated);
    expect(result === stated).toBe(!(name in differences));
    if (result === 'pass') expect(sets.at(-1)?.sealer).toMatch(/^example2?\.org$/);
  });

  it('tells a key that DNS does not give from a chain that is broken', async () => {
    const passing = cases.find(({ name }) => name === 'cv_pass_i1_1');
    const silent = Object.fromEntries(
      Object.keys(passing?.zone ?? {}).map((name) => [name, 'SILENCE' as const]),
    );
    const authenticator = createMailAuthenticator(createZoneResolver(silent));
    const { result } = await authenticator.arc(asReceived(Buffer.from(passing?.message ?? '')), 5_000);
    expect(result).toBe('temperror');
  });
});
