/** The role `workers`. */
export { start } from './start.ts';
