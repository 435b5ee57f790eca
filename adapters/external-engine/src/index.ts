/** Other spam filters as a port: Rspamd and spamd. */
export { connectEngine } from './engine.ts';
