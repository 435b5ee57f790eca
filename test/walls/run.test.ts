/** `npm test` counts what ran, and what did not: in throw-away houses with tests that pass, fail, skip or break. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildHouse } from './house.ts';

const sourceOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const runner = {
  ...Object.fromEntries(
    ['run.ts', 'support/parts.ts', 'support/summary.ts'].map((path) => [`test/${path}`, sourceOf(path)]),
  ),
  // A house without a panel has none to build.
  'test/e2e/support/build-panel.ts': 'export default (): void => undefined;\n',
};

const head = "import { beforeAll, describe, expect, it } from 'vitest';\n";
const passing = `${head}it('holds', () => expect(1).toBe(1));\n`;
const skipping = `${head}describe.skipIf(true)('a queue (needs redis-server)', () => it('queues', () => expect(1).toBe(1)));\n`;

interface Case {
  readonly sentence: string;
  readonly unit: string;
  readonly e2e: string;
  readonly ci?: true;
  readonly lastLine: string;
  readonly isGreen: boolean;
  readonly named?: string;
}

const cases: readonly Case[] = [
  {
    sentence: 'sums over all runs',
    unit: passing,
    e2e: passing,
    lastLine: '2 passed, 0 failed',
    isGreen: true,
  },
  {
    sentence: 'fails on a failed test',
    unit: `${passing}it('breaks', () => expect(1).toBe(2));\n`,
    e2e: passing,
    lastLine: '2 passed, 1 failed',
    isGreen: false,
  },
  {
    sentence: 'counts a file that does not load as a failure',
    unit: passing,
    e2e: `${passing}throw new TypeError('at load');\n`,
    lastLine: '1 passed, 2 failed',
    isGreen: false,
    named: 'failed: e2e: no test ran',
  },
  {
    sentence: 'counts a failing hook as a failure',
    unit: `${passing}describe('after', () => {\n  beforeAll(() => {\n    throw new TypeError('in a hook');\n  });\n  it('never runs', () => expect(1).toBe(1));\n});\n`,
    e2e: passing,
    lastLine: '2 passed, 1 failed, 1 skipped',
    isGreen: false,
  },
  {
    sentence: 'counts an error outside of the tests as a failure',
    unit: `${passing}it('leaves a rejection', () => void Promise.reject(new TypeError('lost')));\n`,
    e2e: passing,
    lastLine: '3 passed, 1 failed',
    isGreen: false,
  },
  {
    sentence: 'fails where a run has no tests',
    unit: passing,
    e2e: '',
    lastLine: '1 passed, 1 failed',
    isGreen: false,
    named: 'failed: e2e: no test ran',
  },
  {
    sentence: 'names what was skipped and passes locally',
    unit: passing + skipping.slice(head.length),
    e2e: passing,
    lastLine: '2 passed, 0 failed, 1 skipped',
    isGreen: true,
    named: 'skipped: a queue (needs redis-server) queues',
  },
  {
    sentence: 'names what was skipped and fails in CI',
    unit: passing + skipping.slice(head.length),
    e2e: passing,
    ci: true,
    lastLine: '2 passed, 0 failed, 1 skipped',
    isGreen: false,
    named: 'skipped: a queue (needs redis-server) queues',
  },
];

describe('npm test', () => {
  it.each(cases)('$sentence', async ({ unit, e2e, ci, lastLine, isGreen, named = '' }) => {
    const e2eFiles = e2e === '' ? {} : { 'test/e2e/planted.test.ts': e2e };
    using house = buildHouse({ ...runner, 'core/src/planted.test.ts': unit, ...e2eFiles });
    const { status, stdout } = await house.run('env', `CI=${ci ?? false}`, 'npm', 'test', '--silent');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(lastLine);
    expect(stdout).toContain(named);
    expect(status === 0).toBe(isGreen);
  });
});
