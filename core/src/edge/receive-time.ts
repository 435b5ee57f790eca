/** Arithmetic on ISO 8601 UTC times with milliseconds, done for every mail: cheap within a day. */

/** `to` minus `from`, in ms. */
export function millisecondsBetween(from: string, to: string): number {
  const isSameDay = isClockTime(from) && isClockTime(to) && from.slice(0, 10) === to.slice(0, 10);
  if (isSameDay) return msOfDay(to) - msOfDay(from);
  return Temporal.Instant.from(to).epochMilliseconds - Temporal.Instant.from(from).epochMilliseconds;
}

/** `2026-11-22T08:41:20.123Z`, and no other spelling. */
const isClockTime = (iso: string): boolean => iso.length === 24 && iso.endsWith('Z');

const msOfDay = (iso: string): number =>
  ((Number(iso.slice(11, 13)) * 60 + Number(iso.slice(14, 16))) * 60 + Number(iso.slice(17, 19))) * 1_000 +
  Number(iso.slice(20, 23));
