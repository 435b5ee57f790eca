/** Whether this thread has hardly a moment free. */
import { performance } from 'node:perf_hooks';

/** Of the time of a window, in 0…1: from there on a mail waits longer for the processor than for anything else. */
const full = 0.7;
/** In ms; shorter ones say little. */
const windowMs = 20;

/** Looks back at the last window whenever it is asked, so that it costs nothing where nobody asks. */
export function watchProcessor(): () => boolean {
  let begin = performance.eventLoopUtilization();
  let isFull = false;
  return () => {
    const since = performance.eventLoopUtilization(begin);
    if (since.idle + since.active < windowMs) return isFull;
    isFull = since.utilization >= full;
    begin = performance.eventLoopUtilization();
    return isFull;
  };
}
