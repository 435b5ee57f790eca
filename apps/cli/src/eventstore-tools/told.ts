/** What stores and files say, for the person at the terminal. */
import { explainFailure } from '@sluice/eventstoredb';
import { CommandFailed, refused, unavailable, usage } from '../exit.ts';

/** Errors whose own message says all: the store or the file is there, and this cannot be done with it. */
const refusals = new Set(['StoreFileError', 'StoreFileInUse', 'ForeignEvents', 'AppendRefused']);

/** The work's own outcome; whatever goes wrong is a CommandFailed with a sentence. */
export async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asCommandFailure(error);
  }
}

function asCommandFailure(error: unknown): CommandFailed {
  if (error instanceof CommandFailed) return error;
  if (error instanceof Error && refusals.has(error.name)) return refused(sentence(error.message));
  if (isOfFileSystem(error)) return refused(`${error.dest ?? error.path} cannot be used: ${error.message}.`);
  const { message, isConfiguration } = explainFailure(error);
  const failure = isConfiguration ? usage : unavailable;
  return failure(sentence(message));
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

interface FileSystemError extends Error {
  readonly path: string;
  /** Where a copy would go. */
  readonly dest?: string;
}

const isOfFileSystem = (error: unknown): error is FileSystemError =>
  error instanceof Error && 'syscall' in error && 'path' in error && typeof error.path === 'string';
