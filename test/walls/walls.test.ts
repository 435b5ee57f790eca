/** Every wall that lint holds up: a violation of each is planted and must be found by exactly that rule; what is allowed must pass. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHouse, type House, rooms } from './house.ts';
import { allowed, planted } from './planted.ts';

const pure = new Set(['zod', 'ipaddr.js', 'tldts', 're2js']);
const roles = rooms.filter(({ folder }) => folder !== 'core' && !folder.startsWith('adapters/'));
const libraries = new Set(rooms.flatMap((room) => room.libraries).filter((name) => !pure.has(name)));

interface Forbidden {
  readonly sentence: string;
  readonly folder: string;
  readonly names: readonly string[];
}

const imports: readonly Forbidden[] = rooms.flatMap(({ folder, libraries: own }) => [
  {
    sentence: `${folder} imports no SDK of another room`,
    folder,
    names: [...libraries].filter((library) => !own.includes(library)),
  },
  { sentence: `${folder} does not import the tests`, folder, names: ['@sluice/test'] },
  forbiddenOfOurs(folder),
]);

function forbiddenOfOurs(folder: string): Forbidden {
  const others = rooms.filter((room) => room.folder !== folder).map(({ name }) => name);
  const roleNames = roles.map(({ name }) => name);
  if (folder === 'core') return { sentence: 'core imports nothing of ours', folder, names: others };
  if (folder === 'apps/cli') {
    const insides = roleNames.map((name) => `${name}/src/start.ts`);
    return { sentence: 'apps/cli imports nothing of the inside of a role', folder, names: insides };
  }
  if (folder.startsWith('adapters/')) {
    const names = others.filter((name) => name !== '@sluice/core');
    return { sentence: `${folder} imports of ours only core`, folder, names };
  }
  const names = others.filter((name) => roleNames.includes(name));
  return { sentence: `${folder} imports no other role`, folder, names };
}

const files: Record<string, string> = {};
const keep = (index: number, folder: string, source: string): string => {
  const path = `${folder}/src/planted-${index}/planted.ts`;
  files[path] = source;
  return path;
};
const importCases = imports.map(({ sentence, folder, names }, index) => ({
  sentence,
  names,
  path: keep(index, folder, names.map((name, at) => `export * as a${at} from '${name}';\n`).join('')),
}));
const ruleCases = planted.map(({ sentence, rule, at, source }, index) => ({
  sentence,
  rule,
  path: /\.(ts|svelte)$/.test(at) ? at : keep(imports.length + index, at, source),
  source,
}));
for (const { path, source } of ruleCases) files[path] = source;
for (const { beside = {} } of planted) Object.assign(files, beside);

interface Finding {
  readonly code: string;
  readonly filename: string;
  readonly message: string;
}

async function lint(house: House): Promise<{ status: number | null; findings: readonly Finding[] }> {
  const { status, stdout } = await house.run('oxlint', '--deny-warnings', '--format', 'json');
  return { status, findings: (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics };
}

describe('a planted violation', () => {
  let house: House;
  let found: Awaited<ReturnType<typeof lint>>;
  beforeAll(async () => {
    house = buildHouse(files);
    found = await lint(house);
  });
  afterAll(() => house[Symbol.dispose]());

  const findingsIn = (path: string): readonly Finding[] =>
    found.findings.filter(({ filename }) => filename === path);

  it('fails the lint', () => expect(found.status).toBe(1));

  it.each(importCases)('$sentence', ({ path, names }) => {
    expect(names).not.toEqual([]);
    const missed = names.filter(
      (name) => !findingsIn(path).some(({ message }) => message.includes(`'${name}'`)),
    );
    expect(missed).toEqual([]);
    expect(new Set(findingsIn(path).map(({ code }) => code))).toEqual(
      new Set(['eslint(no-restricted-imports)']),
    );
  });

  it.each(ruleCases)('$sentence', ({ path, rule }) => {
    expect([...new Set(findingsIn(path).map(({ code }) => code))]).toEqual([rule]);
  });
});

describe('what the walls let through', () => {
  it.each(allowed)('$sentence', async ({ files: clean }) => {
    using house = buildHouse(clean);
    expect(await lint(house)).toEqual({ status: 0, findings: [] });
  });
});
