/** The last seven days, a bar each. */
import { type Period, periodOf } from '#lib/home/period.ts';

const dayMinutes = 24 * 60;

export const weekOf = (now: Date, zone: string): Period => ({
  ...periodOf('week', now, zone),
  bucketMinutes: dayMinutes,
});
