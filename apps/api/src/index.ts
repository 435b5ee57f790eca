/** The role `api`, and its server and router on services that are open already. */
export { start } from './start.ts';
export { type CheckpointWatch, watchCheckpoint } from './live/checkpoint-watch.ts';
export { prepareAuth } from './auth.ts';
export { authenticate } from './credentials.ts';
export { ownOrigin } from './origin.ts';
export { createJobs } from './jobs.ts';
export { createApiServer } from './server.ts';
export type { Services } from './services.ts';
export { type Caller, operatorCaller, userCaller } from './access.ts';
