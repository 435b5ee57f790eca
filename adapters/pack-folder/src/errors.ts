/** Tells the errors of the file system apart that are expected. */

export const isNoEntry = (error: unknown): boolean => hasCode(error, ['ENOENT', 'ENOTDIR']);

export const isNotEmpty = (error: unknown): boolean => hasCode(error, ['ENOTEMPTY', 'EEXIST']);

const hasCode = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
