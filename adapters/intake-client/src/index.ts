/** The edge's side of the hand-over, over HTTP. */
export { createIntakeClient } from './intake-client.ts';
export type { IntakeClientOptions } from './intake-client.ts';
