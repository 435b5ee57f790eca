/** Figures of the projections for Prometheus. */
import type { Metrics } from '@sluice/telemetry';
import type { ProjectionName } from './projection.ts';

export interface ProjectionMetrics {
  /** A batch was written; `lagMs`: how long ago the store had taken its last event. */
  committed(projection: ProjectionName, events: number, lagMs: number): void;
  parked(projection: ProjectionName): void;
  following(projection: ProjectionName, isFollowing: boolean): void;
}

export function createProjectionMetrics(metrics: Metrics): ProjectionMetrics {
  const labels = ['projection'];
  const lag = metrics.gauge(
    'sluice_projection_lag_seconds',
    'How long after an event was stored its projection was written, for the last one',
    labels,
  );
  const events = metrics.counter('sluice_projection_events_total', 'Events taken', labels);
  const parked = metrics.counter('sluice_projection_parked_total', 'Events set aside', labels);
  const following = metrics.gauge(
    'sluice_projection_following',
    '1 while the projection keeps up with the log',
    labels,
  );
  return {
    committed(projection, count, lagMs) {
      events.inc({ projection }, count);
      lag.set({ projection }, lagMs / 1_000);
    },
    parked: (projection) => parked.inc({ projection }),
    following: (projection, isFollowing) => following.set({ projection }, isFollowing ? 1 : 0),
  };
}
