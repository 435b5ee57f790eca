/** Finds the delimiter lines of a multipart body (RFC 2046 §5.1.1) and the parts between them. */
import { lineAt } from './header-fields.ts';

interface Range {
  readonly raw: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Longer lines are no delimiters: RFC 2046 allows 70 characters. */
const maxDelimiter = 1000;

/**
 * The parts between the lines that are a delimiter of any of the boundaries. A close delimiter ends a part, but one that
 * follows it begins another: some programs go on, and nothing may hide behind it.
 */
export function splitAtBoundaries(
  body: Range,
  boundaries: ReadonlySet<string>,
): readonly (readonly [number, number])[] {
  if (boundaries.size === 0) return [];
  const parts: (readonly [number, number])[] = [];
  let partStart: number | undefined;
  for (const line of dashLines(body)) {
    const kind = kindOf(line.text, boundaries);
    if (kind === undefined) continue;
    if (partStart !== undefined) parts.push([partStart, endBefore(body, partStart, line.start)]);
    partStart = kind === 'open' ? line.next : undefined;
  }
  if (partStart !== undefined && partStart < body.end) parts.push([partStart, body.end]);
  return parts;
}

/** The boundary that a delimiter line seems to show: one with a field of MIME right behind it. */
export function inferBoundary(body: Range): string | undefined {
  let looked = 0;
  for (const line of dashLines(body)) {
    const boundary = line.text.slice(2).trim();
    if (boundary !== '' && /^content-[a-z]/i.test(body.raw.toString('latin1', line.next, line.next + 9)))
      return boundary;
    looked += 1;
    if (looked > 10_000) return undefined;
  }
  return undefined;
}

/** White space around a boundary is not compared: programs differ about it. */
function kindOf(text: string, boundaries: ReadonlySet<string>): 'open' | 'close' | undefined {
  const rest = text.slice(2).trim();
  if (boundaries.has(rest)) return 'open';
  return rest.endsWith('--') && boundaries.has(rest.slice(0, -2).trim()) ? 'close' : undefined;
}

/** The line break before a delimiter belongs to it. */
function endBefore({ raw }: Range, start: number, delimiter: number): number {
  let end = delimiter;
  if (end > start && raw[end - 1] === 0x0a) end -= 1;
  if (end > start && raw[end - 1] === 0x0d) end -= 1;
  return end;
}

/** The lines that begin with two dashes. */
function* dashLines({ raw, start, end }: Range): Generator<{ text: string; start: number; next: number }> {
  let at = raw[start] === 0x2d && raw[start + 1] === 0x2d ? start : nextDashLine(raw, start);
  while (at >= 0 && at < end) {
    const line = lineAt(raw, at, end);
    if (line.end - at <= maxDelimiter)
      yield { text: raw.toString('latin1', at, line.end), start: at, next: line.next };
    at = nextDashLine(raw, line.next - 1);
  }
}

function nextDashLine(raw: Buffer, from: number): number {
  const found = raw.indexOf('\n--', from, 'latin1');
  return found < 0 ? -1 : found + 1;
}
