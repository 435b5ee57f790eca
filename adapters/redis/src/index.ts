/** What edges share, on Redis. */
export { connectCounters, type ClosableCounters, type CountersOptions } from './counters.ts';
