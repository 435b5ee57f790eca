/** Results of checks in words for a terminal. */

const words: Readonly<Record<string, string>> = {
  pass: 'good',
  fail: 'failed',
  none: '–',
  error: 'no answer',
  'not-configured': 'not set up',
  skipped: 'skipped',
  exempt: 'exempt',
};

export const wordOf = (result: string): string => words[result] ?? result;
