/** What runs of vitest come to, from the reports of its JSON reporter. */

/** As far as we read it. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface Run {
  /** E.g. `unit and integration`. */
  readonly name: string;
  /** Of the process; null when it was ended by a signal. */
  readonly status: number | null;
  /** Undefined when it wrote none. */
  readonly report: Report | undefined;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  /** Full names. */
  readonly skipped: readonly string[];
  /** What failed beside tests: files that did not load, hooks, whole runs. Counted in `failed`. */
  readonly broken: readonly string[];
}

export function summarise(runs: readonly Run[]): Summary {
  const files = runs.flatMap(({ report }) => report?.testResults ?? []);
  const tests = files.flatMap((file) => file.assertionResults);
  const failedTests = tests.filter(({ status }) => status === 'failed').length;
  const brokenFiles = files.filter(isBroken).map(({ name }) => name);
  const broken = [...brokenFiles, ...runs.flatMap(brokenRun)];
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failedTests + broken.length,
    skipped: tests
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName),
    broken,
  };
}

type TestFile = Report['testResults'][number];

/** A file may fail without a failed test: an import or a hook threw, and its tests count as skipped. */
const isBroken = ({ status, assertionResults }: TestFile): boolean =>
  status === 'failed' && assertionResults.every((test) => test.status !== 'failed');

function brokenRun({ name, status, report }: Run): readonly string[] {
  if (report === undefined) return [`${name}: ended without a report (${status ?? 'by a signal'})`];
  const ran = report.testResults.flatMap((file) => file.assertionResults);
  if (ran.every((test) => test.status !== 'passed' && test.status !== 'failed'))
    return [`${name}: no test ran`];
  const isExplained = report.testResults.some((file) => file.status === 'failed');
  return status === 0 || isExplained ? [] : [`${name}: an error outside of the tests`];
}

/** The last line of `npm test`. */
export const lastLine = ({ passed, failed, skipped }: Summary): string =>
  `${passed} passed, ${failed} failed${skipped.length === 0 ? '' : `, ${skipped.length} skipped`}`;
