/** The openspf suite for RFC 7208: every case gives the result that the suite states, through our authenticator. */
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createMailAuthenticator } from '@sluice/mailauth';
import { corpusMissing, readSuite } from '../support/corpus.ts';
import { createZoneResolver, type Zone, type ZoneName } from '../support/zone-resolver.ts';

type SuiteRecord = 'TIMEOUT' | Readonly<Record<string, unknown>>;

interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, SuiteCase>>;
  readonly zonedata: Readonly<Record<string, readonly SuiteRecord[]>>;
}

interface SuiteCase {
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly result: string | readonly string[];
}

/** Cases in which we answer otherwise, with the reason. May only become shorter. */
const differences: Readonly<Record<string, string>> = {};

describe.skipIf(corpusMissing)('SPF as the openspf suite has it (needs the test corpus)', () => {
  const scenarios = corpusMissing ? [] : readScenarios();
  const cases = scenarios.flatMap(({ description, tests, zonedata }) =>
    Object.entries(tests).map(([name, test]) => ({ name: `${description}: ${name}`, test, zonedata })),
  );

  it('has all 203 cases', () => {
    expect(cases).toHaveLength(203);
  });

  it.each(cases)('$name', async ({ name, test, zonedata }) => {
    const authenticator = createMailAuthenticator(createZoneResolver(toZone(zonedata)));
    const observation = await authenticator.spf({
      ip: test.host,
      helo: test.helo,
      sender: test.mailfrom,
      deadlineMs: 10_000,
    });
    const isAsStated = [test.result].flat().includes(observation.result);
    expect({ isAsStated, observation }).toEqual({ isAsStated: !(name in differences), observation });
  });
});

function readScenarios(): readonly Scenario[] {
  const file = [...readSuite('auth-spf')].find(({ path }) => path.endsWith('.yml'));
  const text = Buffer.from(file!.bytes).toString('utf8');
  return parseAllDocuments(text).flatMap((document) => {
    const scenario = document.toJS() as Scenario | null;
    return scenario === null ? [] : [scenario];
  });
}

/** The suite's zone in our form: SPF records are TXT unless the name has TXT ones (`NONE`: neither). */
function toZone(zonedata: Scenario['zonedata']): Zone {
  const records = new Map(Object.entries(zonedata).map(([name, list]) => [bare(name), list]));
  const zone: Record<string, ZoneName> = {};
  for (const name of records.keys()) zone[name] = namesRecords(records, name);
  return zone;
}

const bare = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** Aliases are followed as a resolver does, which gives up on one that leads to itself. */
function namesRecords(
  records: ReadonlyMap<string, readonly SuiteRecord[]>,
  name: string,
  aliases = 0,
): ZoneName {
  if (aliases > 8) return 'SERVFAIL';
  const list = records.get(name) ?? [];
  const alias = list.map((record) => valueOf(record, 'CNAME')).find((value) => value !== undefined);
  if (typeof alias === 'string') return namesRecords(records, bare(alias), aliases + 1);
  const hasText = list.some((record) => valueOf(record, 'TXT') !== undefined);
  const rest = list.includes('TIMEOUT') ? ('SILENCE' as const) : [];
  const of = (type: string, write: (value: unknown) => string | readonly string[] = String) => {
    const found = list.map((record) => valueOf(record, type)).filter((value) => value !== undefined);
    if (found.includes('TIMEOUT')) return 'SILENCE' as const;
    const written = found.filter((value) => value !== 'NONE').map(write);
    return written.length === 0 ? rest : written;
  };
  const strings = (value: unknown) => (Array.isArray(value) ? value.map(String) : String(value));
  return {
    A: of('A') as readonly string[],
    AAAA: of('AAAA') as readonly string[],
    PTR: of('PTR') as readonly string[],
    MX: of('MX', (value) => (value as readonly unknown[]).join(' ')) as readonly string[],
    TXT: of(hasText ? 'TXT' : 'SPF', strings),
  };
}

const valueOf = (record: SuiteRecord, type: string): unknown =>
  typeof record === 'object' ? record[type] : undefined;
