/** The role `intake`, and the tokens that edges show it. Its parts are loaded when they are started. */
import type { Config } from '@sluice/environment';
import type { IntakeAddress, IntakeParts } from './serve.ts';

export { edgeToken } from './edge-token.ts';
export type { IntakeAddress, IntakeParts } from './serve.ts';

export const start = async (config: Config) => (await import('./start.ts')).start(config);

/** An intake on stores that are open already. */
export const serveIntake = async (parts: IntakeParts, address: IntakeAddress) =>
  (await import('./serve.ts')).serveIntake(parts, address);
