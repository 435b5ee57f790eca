/** Notices that npm, which has started us through a shell, has ended without telling us: `kill` of `npx sluice up` ends only those two. */

const pollMs = 500;

/** What npm runs, `sluice up` or `'sluice'`; a script that starts us in the background begins with something else. */
const isOurs = /^['"]?sluice['"]?(\s|$)/;

/**
 * Calls `stop` once when our parent has gone. Only where npm itself has started us: whoever was started by hand and lets its
 * shell go (nohup) wants to stay.
 *
 * @param {() => void} stop
 */
export function whenNpmEnds(stop) {
  if (!isOurs.test(process.env['npm_lifecycle_script'] ?? '')) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, pollMs);
  timer.unref();
}
