/** Stretches of time that Home shows, by the calendar of the viewer. */
import { dayAndMonth, startOfDay } from '#lib/clock.ts';

export type PeriodName = 'today' | 'week' | 'month';

export interface Period {
  readonly name: PeriodName;
  readonly since: string;
  readonly until: string;
  readonly bucketMinutes: number;
  /** Words under the chart, from its beginning to its end. */
  readonly axis: readonly string[];
}

export const periodNames: readonly { readonly name: PeriodName; readonly text: string }[] = [
  { name: 'today', text: 'Today' },
  { name: 'week', text: '7 days' },
  { name: 'month', text: '30 days' },
];

export const asPeriod = (text: string | null): PeriodName =>
  periodNames.find(({ name }) => name === text)?.name ?? 'today';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const days = { today: 1, week: 7, month: 30 };
const bucketMinutes = { today: 60, week: 360, month: 1_440 };

/** Whole days, the last of which is today. */
export function periodOf(name: PeriodName, now: Date, zone: string): Period {
  const today = startOfDay(now, zone);
  // From noon to noon, a clock that is put forward or back does not matter.
  const first = startOfDay(new Date(today.getTime() + dayMs / 2 - (days[name] - 1) * dayMs), zone);
  const end = startOfDay(new Date(today.getTime() + dayMs * 1.5), zone);
  const middle = new Date((first.getTime() + end.getTime()) / 2);
  const axis =
    name === 'today'
      ? ['00:00', '06:00', '12:00', '18:00', '24:00']
      : [dayAndMonth(first, zone), dayAndMonth(middle, zone), 'today'];
  return {
    name,
    since: first.toISOString(),
    until: end.toISOString(),
    bucketMinutes: bucketMinutes[name],
    axis,
  };
}
