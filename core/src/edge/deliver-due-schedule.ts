/** When a delivery is tried again, and when it is given up. */
import { sha256 } from '../kernel/hash.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The first retry comes soon (most hiccups, and greylisting, are short); then from a minute doubling to an hour. */
const firstRetryMs = 30 * second;
const maxRetryMs = hour;
/** RFC 5321 §4.5.4.1: at least 4 to 5 days. */
export const giveUpAfterMs = 5 * 24 * hour;

/**
 * ISO 8601 of the attempt after attempt number `attempt` (from 1), within a fifth of its time more or less, by the mail's
 * id: mails that failed together do not all come back together. Undefined when the time for trying is over.
 */
export function nextAttempt(
  mail: { readonly mailId: string; readonly receivedAt: string },
  attempt: number,
  now: string,
): string | undefined {
  const at = Temporal.Instant.from(now).epochMilliseconds;
  const end = Temporal.Instant.from(mail.receivedAt).epochMilliseconds + giveUpAfterMs;
  if (at >= end) return undefined;
  const wait = attempt === 1 ? firstRetryMs : Math.min(minute * 2 ** (attempt - 2), maxRetryMs);
  const [fraction = 0] = sha256(`${mail.mailId} ${attempt}`);
  const next = Math.min(at + Math.round(wait * (0.8 + (0.4 * fraction) / 256)), end);
  return Temporal.Instant.fromEpochMilliseconds(next).toString({ smallestUnit: 'millisecond' });
}

/** Attempts whose deferral is worth an event: the first, one after about an hour, then one a day. */
export const isDeferralTold = (attempt: number): boolean =>
  attempt === 1 || (attempt >= 8 && (attempt - 8) % 24 === 0);
