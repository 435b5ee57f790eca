/** Values that roles derive from the configuration, with a clear sentence where one is missing. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config, ConfigName } from './keys.ts';
import { keys } from './keys.ts';

/** A role cannot start with this configuration. */
export class ConfigMissing extends Error {
  override readonly name = 'ConfigMissing';
}

/** A value that this role cannot do without; `sluice up` gives it to the processes that it starts. */
export function required<TName extends ConfigName>(config: Config, name: TName): NonNullable<Config[TName]> {
  const value = config[name];
  if (value === undefined) {
    throw new ConfigMissing(
      `${keys[name].name} is not set; this role needs it (${keys[name].help.toLowerCase()}).`,
    );
  }
  return value;
}

/** Folder of the packs. */
export function archiveFolder(config: Config): string {
  if (config.archiveUrl === undefined) return resolve(config.dataDir, 'archive');
  if (config.archiveUrl.startsWith('file://')) return fileURLToPath(config.archiveUrl);
  if (config.archiveUrl.startsWith('file:')) return resolve(config.archiveUrl.slice('file:'.length));
  throw new ConfigMissing('SLUICE_ARCHIVE_URL: this version keeps packs in a folder only; write file:/path.');
}

/** Folder of the embedded quarantine index. */
export const quarantineFolder = (config: Config): string => join(resolve(config.dataDir), 'quarantine');
