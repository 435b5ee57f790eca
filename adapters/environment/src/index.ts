/** Configuration of a process, and the run file of an instance. */
export {
  describeConfig,
  exampleEnvironment,
  inheritedEnvironment,
  parseConfig,
  readConfig,
  setLibraryVariables,
  toEnvironment,
  type ConfigFaults,
} from './config.ts';
export type { Config } from './keys.ts';
export { entriesOf } from './operator-keys.ts';
export { loadChecks } from './load-checks.ts';
export { readRunFile, type RunFile, writeRunFile, writeSecretFile } from './run-file.ts';
export { archiveFolder, ConfigMissing, quarantineFolder, required } from './paths.ts';
