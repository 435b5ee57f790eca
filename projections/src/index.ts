/** The role `projections`. */
export { createProjectionMetrics, type ProjectionMetrics } from './metrics.ts';
export { type ProjectionName, projectionNames } from './projection.ts';
export { type ProjectionPorts, type Projections, runProjections } from './run.ts';
export { start } from './start.ts';
