/** Logs, metrics and health of a role. */
export { createLog, type Log, type LogFields, type LogOptions, silentLog } from './log.ts';
export {
  closeServer,
  createHealthHandler,
  createMetrics,
  type HealthOptions,
  listen,
  type Metrics,
  type PartHealth,
  PortTaken,
  type Readiness,
  sendJson,
  startHealthServer,
} from './health.ts';
