/** Reads the date of a mail (RFC 5322 §3.3, obsolete forms of §4.3 included) without any clock. */
import { epochOf } from './civil-time.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Hours from UTC of the obsolete zone names; military letters and unknown words count as UTC (§4.3). */
const zoneHours: Readonly<Record<string, number>> = {
  edt: -4,
  est: -5,
  cdt: -5,
  cst: -6,
  mdt: -6,
  mst: -7,
  pdt: -7,
  pst: -8,
};

const shape =
  /^(?:[a-z]{3,9}\s*,)?\s*(?<day>\d{1,2})[\s-]+(?<month>[a-z]{3})[a-z]*[\s-]+(?<year>\d{2,4})\s+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?:\.\d+)?\s*(?<zone>[+-]\d{4}|[a-z]+)?/i;

/** Milliseconds since 1970, or undefined if it is no date. */
export function readMailDate(value: string): number | undefined {
  const groups = shape.exec(withoutComments(value).trim())?.groups;
  if (groups === undefined) return undefined;
  const { day, month = '', year = '', hour, minute, second = '0', zone = '' } = groups;
  const local = epochOf({
    year: fullYear(year),
    month: months.indexOf(month.toLowerCase()) + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    // A leap second is a valid second of a mail (§3.3).
    second: Math.min(Number(second), 59),
  });
  return local === undefined ? undefined : local - offsetMinutes(zone) * 60_000;
}

/** As we write times. */
const ourTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/;

/** Milliseconds since 1970 of an ISO 8601 time of ours. Throws RangeError for what is no time. */
export function readInstant(iso: string): number {
  const [, year, month, day, hour, minute, second, millisecond] = ourTime.exec(iso) ?? [];
  const time =
    millisecond === undefined
      ? undefined
      : epochOf({
          year: Number(year),
          month: Number(month),
          day: Number(day),
          hour: Number(hour),
          minute: Number(minute),
          second: Number(second),
        });
  return time === undefined ? Temporal.Instant.from(iso).epochMilliseconds : time + Number(millisecond);
}

const withoutComments = (value: string): string => value.replaceAll(/\([^()]*\)/g, ' ');

/** Two digits: 00-49 are of this century, 50-99 and three digits count from 1900 (§4.3). */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return text.length === 3 ? 1900 + year : year;
}

function offsetMinutes(zone: string): number {
  if (/^[+-]\d{4}$/.test(zone)) {
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
    return zone.startsWith('-') ? -minutes : minutes;
  }
  return (zoneHours[zone.toLowerCase()] ?? 0) * 60;
}
