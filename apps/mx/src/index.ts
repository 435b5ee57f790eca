/** The role `mx`: one edge. */
export { start } from './start.ts';
