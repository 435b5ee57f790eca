/** Milliseconds of a date in the calendar, by arithmetic: Temporal takes a hundred times as long, and every mail has a date. */

export interface CivilTime {
  /** 0 to 9999, of the proleptic Gregorian calendar. */
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const dayMs = 86_400_000;

/** Milliseconds since 1970, in UTC; undefined for a date or a time of day that there is not. */
export function epochOf({ year, month, day, hour, minute, second }: CivilTime): number | undefined {
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!isDate || hour > 23 || minute > 59 || second > 59) return undefined;
  return daysSince1970(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1_000;
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] ?? 0);

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Years counted from March, so that the leap day is the last of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month < 3 ? year - 1 : year;
  const fromMarch = (month + 9) % 12;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  // Months from March on: 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31.
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5) + day - 1;
  return 365 * shifted + leapDays + dayOfYear - daysTo1970;
}

/** From March 1 of the year 0. */
const daysTo1970 = 719_468;
