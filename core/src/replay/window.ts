/** Whether a mail came within a time, by the edge's clock. */

/** As the edges write their times, so that two of them compare as text. */
const canonical = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const asText = (time: string): string =>
  Temporal.Instant.from(time).toString({ smallestUnit: 'millisecond' });

/** `since` is included, `until` is not; ISO 8601. A time that cannot be read is inside: nothing is left out unseen. */
export function createWindow(range: {
  readonly since: string;
  readonly until?: string;
}): (at: string) => boolean {
  const since = asText(range.since);
  const until = range.until === undefined ? undefined : asText(range.until);
  return (at) => {
    const time = canonical.test(at) ? at : readable(at);
    return time === undefined || (time >= since && (until === undefined || time < until));
  };
}

function readable(at: string): string | undefined {
  try {
    return asText(at);
  } catch {
    return undefined;
  }
}
