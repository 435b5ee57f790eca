/** The programs of the system that some tests need: which of them are on this machine, and where. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** By program: the package of Debian that holds it. */
export const systemParts = {
  chromium: 'chromium',
  clamd: 'clamav-daemon',
  'redis-server': 'redis-server',
  rspamd: 'rspamd',
  'smtp-source': 'postfix',
  swaks: 'swaks',
} as const;

export type SystemPart = keyof typeof systemParts;

/** The path of the program; undefined where it is missing. Daemons lie in folders that a user's PATH may not name. */
export function pathOf(part: SystemPart): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/usr/bin',
  ];
  return folders.map((folder) => join(folder, part)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** E.g. `clamd (Debian: clamav-daemon)`. */
export const missingParts = (): readonly string[] =>
  Object.entries(systemParts)
    .filter(([part]) => pathOf(part as SystemPart) === undefined)
    .map(([part, holder]) => `${part} (Debian: ${holder})`);
