/** Times for people: the same words on the server and in the browser, so that nothing jumps when a page wakes up. */
export const zoneCookie = 'sluice-zone';

/** A time zone that exists; UTC until the browser has said its own. */
export function asZone(text: string | undefined): string {
  if (text === undefined) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** “just now”, “5 min ago”, “3 h ago”, “yesterday 14:02”, “12 Nov”, “12 Nov 2025”. */
export function relativeTime(at: Date, now: Date, zone: string): string {
  const past = now.getTime() - at.getTime();
  if (past < -minuteMs) return upcoming(at, now, zone);
  if (past < minuteMs) return 'just now';
  if (past < hourMs) return `${Math.floor(past / minuteMs)} min ago`;
  const days = dayNumber(now, zone) - dayNumber(at, zone);
  if (days === 0) return `${Math.floor(past / hourMs)} h ago`;
  if (days === 1) return `yesterday ${timeOfDay(at, zone)}`;
  return dateOf(at, now, zone);
}

function upcoming(at: Date, now: Date, zone: string): string {
  const ahead = at.getTime() - now.getTime();
  if (ahead < hourMs) return `in ${Math.ceil(ahead / minuteMs)} min`;
  if (ahead < dayMs) return `in ${Math.round(ahead / hourMs)} h`;
  return dateOf(at, now, zone);
}

function dateOf(at: Date, now: Date, zone: string): string {
  const isThisYear = format(at, zone, { year: 'numeric' }) === format(now, zone, { year: 'numeric' });
  return format(at, zone, { day: 'numeric', month: 'short', ...(isThisYear ? {} : { year: 'numeric' }) });
}

/** “Sun, 22 Nov 2026, 14:02:09 CET”. */
export const exactTime = (at: Date, zone: string): string =>
  format(at, zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });

export const timeOfDay = (at: Date, zone: string): string =>
  format(at, zone, { hour: '2-digit', minute: '2-digit' });

/** “22 Nov, 14:02”, “22 Nov, 14:02 to 15:30”, “21 Nov, 14:02 to 22 Nov, 08:00”. */
export function spanOfTime(first: Date, last: Date, zone: string): string {
  const from = `${dayAndMonth(first, zone)}, ${timeOfDay(first, zone)}`;
  if (isoDay(first, zone) !== isoDay(last, zone)) {
    return `${from} to ${dayAndMonth(last, zone)}, ${timeOfDay(last, zone)}`;
  }
  const until = timeOfDay(last, zone);
  return until === timeOfDay(first, zone) ? from : `${from} to ${until}`;
}

/** “22 Nov”. */
export const dayAndMonth = (at: Date, zone: string): string =>
  format(at, zone, { day: 'numeric', month: 'short' });

/** Days since the epoch, by the calendar of the zone. */
function dayNumber(at: Date, zone: string): number {
  return Math.floor(Date.parse(`${isoDay(at, zone)}T00:00:00Z`) / dayMs);
}

/** `2026-11-22`, by the calendar of the zone. */
export const isoDay = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);

/** When the day of `now` began in the zone. */
export function startOfDay(now: Date, zone: string): Date {
  const guess = midnightBefore(now, zone);
  // Where the clock was put forward or back since midnight, the guess is an hour off; from close by it is not.
  return isoDay(guess, zone) === isoDay(now, zone)
    ? midnightBefore(guess, zone)
    : new Date(guess.getTime() + hourMs);
}

/** As far back as the clock on the wall says. */
function midnightBefore(at: Date, zone: string): Date {
  const [hours = 0, minutes = 0, seconds = 0] = format(at, zone, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
    .split(':')
    .map(Number);
  return new Date(at.getTime() - ((hours * 60 + minutes) * 60 + seconds) * 1000 - at.getMilliseconds());
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** One language for all pages, and one formatter for each use: making one is dear. */
function format(at: Date, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
  formats.set(key, known);
  return known.format(at);
}
