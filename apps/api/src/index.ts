/** The role `api`. */
export { start } from './start.ts';
