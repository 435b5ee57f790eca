/** The role `panel`. */
export { start } from './start.ts';
