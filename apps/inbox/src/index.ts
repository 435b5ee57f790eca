/** The role `inbox`. */
export { start } from './start.ts';
