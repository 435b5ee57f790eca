/** Reads the message after DATA from the bytes of a connection: end of data, dot-stuffing, size, and false ends of data. */
import type { SmtpMessage } from '@sluice/core/ports/smtp-session.ts';

/** Bytes that all connections of a listener hold at a time. */
export interface Room {
  /** False if there is none left; nothing is taken then. */
  take(bytes: number): boolean;
  free(bytes: number): void;
}

export interface DataReader {
  /** Takes bytes as they come. What follows the end of data is returned; undefined while it has not come. */
  push(chunk: Buffer): Buffer | undefined;
  /** What was read. Gives its room back. */
  finish(): SmtpMessage;
  /** Throws away what was read. */
  abandon(): void;
}

const lineEnd = Buffer.from('\r\n');
const lineWithDot = Buffer.from('\r\n.');

/**
 * Only `<CRLF>.<CRLF>` ends the data (RFC 5321 §4.1.1.4), and only a dot after `<CRLF>` is stuffing (§4.5.2). Beyond
 * `maxBytes`, or without room, everything is read and nothing kept.
 */
export function createDataReader(maxBytes: number, room: Room): DataReader {
  let chunks: Buffer[] = [];
  let size = 0;
  let taken = 0;
  let lost: 'too-large' | 'no-room' | undefined;
  let isBroken = false;
  // The line end of the DATA command itself: a dot right behind it begins a line. It is no part of the message.
  let held: Buffer = lineEnd;
  let skip = lineEnd.length;

  function release(): void {
    room.free(taken);
    taken = 0;
    chunks = [];
  }

  function keep(bytes: Buffer): void {
    const content = skip === 0 ? bytes : bytes.subarray(skip);
    skip = Math.max(0, skip - bytes.length);
    if (content.length === 0) return;
    size += content.length;
    if (lost !== undefined) return;
    if (size > maxBytes) lost = 'too-large';
    else if (room.take(content.length)) {
      taken += content.length;
      chunks.push(content);
    } else lost = 'no-room';
    if (lost !== undefined) release();
  }

  return {
    push(chunk) {
      const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      let from = 0;
      let at = bytes.indexOf(lineWithDot);
      while (at !== -1) {
        const behind = at + lineWithDot.length;
        if (bytes[behind] === 0x0d && bytes[behind + 1] === 0x0a) {
          keep(bytes.subarray(from, at + lineEnd.length));
          return bytes.subarray(behind + lineEnd.length);
        }
        if (isUndecided(bytes, behind)) {
          keep(bytes.subarray(from, at));
          held = bytes.subarray(at);
          return undefined;
        }
        keep(bytes.subarray(from, at + lineEnd.length));
        // The dot is taken away as stuffing, so what it stood alone with is seen here or never.
        isBroken ||= isLineByte(bytes[behind]) || bytes[behind] === 0;
        from = behind;
        at = bytes.indexOf(lineWithDot, behind);
      }
      const end = bytes.length - unfinished(bytes, from);
      keep(bytes.subarray(from, end));
      held = bytes.subarray(end);
      return undefined;
    },

    finish() {
      if (lost !== undefined) return { status: lost };
      const [only] = chunks;
      const raw = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size);
      release();
      return isBroken || hasFalseEnd(raw) ? { status: 'false-end' } : { status: 'complete', raw };
    },

    abandon: release,
  };
}

/** Whether what follows a dot at the beginning of a line may still become the end of data. */
const isUndecided = (bytes: Buffer, behind: number): boolean =>
  behind === bytes.length || (bytes[behind] === 0x0d && behind + 1 === bytes.length);

/** Bytes at the end that may be the beginning of a line end, or are one. */
function unfinished(bytes: Buffer, from: number): number {
  const { length } = bytes;
  if (length - from >= 2 && bytes[length - 2] === 0x0d && bytes[length - 1] === 0x0a) return 2;
  return length > from && bytes[length - 1] === 0x0d ? 1 : 0;
}

const dotsAfter = [Buffer.from('\n.'), Buffer.from('\r.'), Buffer.from('\0.')];

/**
 * A lone dot between line ends of which at least one is not `<CRLF>`, NUL bytes overlooked: no end of data to us, but to
 * some other server that this mail may come to (“SMTP smuggling”).
 */
function hasFalseEnd(raw: Buffer): boolean {
  // The first line of a message has the line end of DATA before it.
  if (raw[0] === 0x2e && isFalseEnd(raw, 0)) return true;
  return dotsAfter.some((pattern) => {
    for (let at = raw.indexOf(pattern); at !== -1; at = raw.indexOf(pattern, at + 1)) {
      if (isFalseEnd(raw, at + 1)) return true;
    }
    return false;
  });
}

function isFalseEnd(raw: Buffer, dot: number): boolean {
  let before = dot - 1;
  while (raw[before] === 0) before -= 1;
  let behind = dot + 1;
  while (raw[behind] === 0) behind += 1;
  const isAlone = (before < 0 || isLineByte(raw[before])) && isLineByte(raw[behind]);
  if (!isAlone) return false;
  const hasNul = before !== dot - 1 || behind !== dot + 1;
  return hasNul || !endsLine(raw, before) || !endsLine(raw, behind + 1);
}

/** Whether `<CRLF>` ends at this byte; before the first byte it does. */
const endsLine = (raw: Buffer, at: number): boolean => at < 0 || (raw[at] === 0x0a && raw[at - 1] === 0x0d);

const isLineByte = (byte: number | undefined): boolean => byte === 0x0a || byte === 0x0d;
