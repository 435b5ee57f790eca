/** The parts of `npm run check`: each passes a small sound house, and fails on the fault that it is there for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildHouse, type Ended } from './house.ts';

/** A package.json with its fields in the order of the formatter. */
const manifest = (
  name: string,
  { bin, ...more }: { readonly bin?: object; readonly [field: string]: unknown },
): string =>
  `${JSON.stringify({ name, version: '0.1.0', private: true, bin, type: 'module', ...more }, null, 2)}\n`;

const index = "import { ok } from '@sluice/core/result.ts';\n\nexport const scan = ok;\n";

/** The panel, whose pages are checked by a program of its own. */
const pagesChecked = (by: string): string =>
  manifest('@sluice/panel', {
    scripts: { check: `node -e "${by}"` },
    dependencies: { svelte: '5.57.3', tailwindcss: '4.3.5', vite: '8.3.8' },
  });

/** A small house with one of everything that the tools are told about, without fault. */
const sound: Readonly<Record<string, string>> = {
  'core/package.json': manifest('@sluice/core', { exports: { './*': './src/*' } }),
  'core/src/result.ts': 'export const ok = 1;\n',
  'adapters/clamd/package.json': manifest('@sluice/clamd', {
    exports: { '.': './src/index.ts' },
    dependencies: { '@sluice/core': '0.1.0' },
    devDependencies: { vitest: '5.1.1' },
  }),
  'adapters/clamd/src/index.ts': index,
  'adapters/dns/package.json': manifest('@sluice/dns', { exports: { '.': './src/index.ts' } }),
  'adapters/dns/src/index.ts': 'export const resolve = 2;\n',
  'apps/cli/package.json': manifest('@sluice/cli', { bin: { sluice: 'bin/sluice.mjs' } }),
  'apps/cli/bin/sluice.mjs': 'export {};\n',
  'apps/panel/package.json': pagesChecked('process.exitCode = 0'),
  'apps/panel/server/dev.ts': "import 'vite';\nimport '../src/page.ts';\n",
  'apps/panel/src/page.ts': "import 'svelte';\n\nimport './Page.svelte';\n",
  'apps/panel/src/Page.svelte': "<script>\n  import './app.css';\n</script>\n\n<h1>Mail</h1>\n",
  'apps/panel/src/app.css': "@import 'tailwindcss';\n",
  'apps/panel/vite.config.ts': "import 'vite';\n",
  'test/package.json': manifest('@sluice/test', {
    dependencies: { '@sluice/clamd': '0.1.0', '@sluice/dns': '0.1.0' },
    devDependencies: { vitest: '5.1.1' },
  }),
  'test/panel/support/shots.ts': 'export {};\n',
  'test/e2e/support/build-panel.ts': 'export default (): void => undefined;\n',
  'test/run.ts':
    "import { scan } from '@sluice/clamd';\nimport { resolve } from '@sluice/dns';\n\nconsole.log(scan, resolve);\n",
  'docs/plugin/scan.test.ts':
    "import { it } from 'vitest';\nimport { z } from 'zod';\n\nit('scans', () => void z);\n",
  'test/bench/scan.ts':
    "import { spawnSync } from 'node:child_process';\n\nfor (const program of [spawnSync('bogofilter'), spawnSync('ip'), spawnSync('mount'), spawnSync('unshare')])\n  void program;\n",
  'test/contracts/scan.child.ts': 'export {};\n',
  'test/contracts/scan.test.ts':
    "import { spawnSync } from 'node:child_process';\nimport { it } from 'vitest';\n\nit('scans', () => void spawnSync('prlimit'));\n",
};

interface Part {
  readonly script: string;
  /** What is planted, all of it at once. */
  readonly faults: Readonly<Record<string, string>>;
  /** What it must name of it, by the sentence that it proves. */
  readonly named: Readonly<Record<string, RegExp>>;
}

const at = 'adapters/clamd/src/index.ts';
const parts: readonly Part[] = [
  {
    script: 'format:check',
    faults: { [at]: `${index}export   const a=1\n` },
    named: { 'a file out of shape': /clamd\/src\/index\.ts/ },
  },
  { script: 'lint', faults: { [at]: `${index}debugger;\n` }, named: { 'a violation': /no-debugger/ } },
  {
    script: 'types',
    faults: { [at]: `${index}export const a: string = ok;\n` },
    named: { 'a wrong type': /clamd.*TS2322/ },
  },
  {
    script: 'boundaries',
    faults: {
      [at]: `import type { Pool } from 'pg';\nimport { parse } from 'yaml';\nimport { resolve } from '../../dns/src/index.ts';\n${index}export const a = { parse, resolve };\nexport type A = Pool;\n`,
    },
    named: {
      'a package that is not declared': /`yaml` because it is not a dependency/,
      'a type of a package that is not declared':
        /`pg` as a type declaration|`pg` because it is not a dependency/,
      'a path out of the package': /`\.\.\/\.\.\/dns\/src\/index\.ts` leaves the package/,
    },
  },
  {
    script: 'unused',
    faults: {
      'core/src/result.ts': 'export const ok = 1;\nexport const lostOfCore = 2;\n',
      [at]: 'export const scan = 1;\nexport const lostOfAdapter = 2;\n',
      'adapters/clamd/src/lost.ts': 'export {};\n',
    },
    named: {
      'a file that nobody imports': /Unused files.*clamd\/src\/lost\.ts/s,
      'an export of core that nobody imports': /Unused exports.*lostOfCore/s,
      'an export of an adapter that nobody imports': /Unused exports.*lostOfAdapter/s,
      'a dependency that nobody imports': /Unused dependencies.*@sluice\/core/s,
    },
  },
  {
    script: 'pages',
    faults: { 'apps/panel/package.json': pagesChecked("console.log('a wrong page'); process.exitCode = 1") },
    named: { 'what is wrong with a page': /a wrong page/ },
  },
];

describe('a sound house', () => {
  it.each(parts)('passes $script', async ({ script }) => {
    using house = buildHouse(sound);
    const { status, stdout, stderr } = await house.run('npm', 'run', '--silent', script);
    expect(status, stdout + stderr).toBe(0);
  });
});

describe.each(parts)('$script in a house with faults', ({ script, faults, named }) => {
  let ended: Ended;
  beforeAll(async () => {
    using house = buildHouse({ ...sound, ...faults });
    ended = await house.run('npm', 'run', '--silent', script);
  });

  it('fails', () => expect(ended.status).toBeGreaterThan(0));

  it.each(Object.entries(named))('finds %s', (_, pattern) =>
    expect(ended.stdout + ended.stderr).toMatch(pattern),
  );
});

describe('npm run check', () => {
  it('runs every part', async () => {
    using house = buildHouse({});
    const { stdout } = await house.run('npm', 'pkg', 'get', 'scripts.check');
    const run = [...stdout.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script);
    expect(new Set(run)).toEqual(new Set(parts.map(({ script }) => script)));
  });
});
