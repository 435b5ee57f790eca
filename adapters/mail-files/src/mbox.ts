/** Splits an mbox (RFC 4155; `From ` lines quoted as by mboxrd) into its mails, from chunks of any size. */

/** A mail, or undefined for one that is larger than may be. */
export type MboxMail = Buffer | undefined;

export interface MboxSplitter {
  /** The mails that end within what came so far. */
  push(chunk: Buffer): readonly MboxMail[];
  /** The last one. */
  end(): readonly MboxMail[];
}

const separator = Buffer.from('\nFrom ');
const lf = 0x0a;
const cr = 0x0d;
/** A `From ` line is shorter; a longer one is text. */
const maxLine = 1_024;

/** `From sender Mon Nov 22 11:28:03 2026`, with or without a zone: text hardly ever looks like that. */
const fromLine =
  /^From .*(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s.*\b\d{1,2}:\d{2}(?::\d{2})?\b.*\b(?:19|20)\d{2}\b|^From .*(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s.*\b(?:19|20)\d{2}\b.*\b\d{1,2}:\d{2}\b/i;

/** Whether bytes begin with the line that an mbox puts before each mail. */
export function startsWithFromLine(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxLine));
  if (head.toString('latin1', 0, 5) !== 'From ') return false;
  const end = head.indexOf(lf);
  return end !== -1 && fromLine.test(head.toString('latin1', 0, end));
}

/** The mail behind such a line, whatever it says; the same bytes where there is none. */
export function withoutFromLine(bytes: Buffer): Buffer {
  // `From : a@b` is a header field in the old style (RFC 5322 §4.5).
  if (!/^From +[^ :]/.test(bytes.toString('latin1', 0, 40))) return bytes;
  const end = bytes.indexOf(lf);
  return end === -1 ? bytes : bytes.subarray(end + 1);
}

/** For a file that begins with a `From ` line. */
export function createMboxSplitter(maxBytes: number): MboxSplitter {
  /** From the mail's `From ` line on; of a mail that is too large only what may hold the next line. */
  let rest: Buffer = Buffer.alloc(0);
  /** Everything before this has been looked at. */
  let looked = 0;
  let isTooLarge = false;
  /** Chunks that wait to be joined in one go: a large mail must not be copied for each of them. */
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  const join = (): void => {
    rest =
      waiting.length === 1 && rest.length === 0 ? (waiting[0] ?? rest) : Buffer.concat([rest, ...waiting]);
    waiting = [];
    waitingBytes = 0;
  };

  const take = (end: number): MboxMail => {
    const mail =
      isTooLarge || end > maxBytes + maxLine ? undefined : unquoted(withoutFromLine(rest.subarray(0, end)));
    isTooLarge = false;
    return mail === undefined || mail.length > maxBytes ? undefined : mail;
  };

  /** Lets go of what is known to be too large. */
  const shorten = (): void => {
    if (!isTooLarge && rest.length <= maxBytes + 2 * maxLine) return;
    isTooLarge = true;
    const kept = Math.max(0, looked - 2);
    rest = Buffer.from(rest.subarray(kept));
    looked -= kept;
  };

  const split = (): readonly MboxMail[] => {
    join();
    const mails: MboxMail[] = [];
    for (;;) {
      const at = rest.indexOf(separator, looked);
      if (at === -1) {
        looked = Math.max(looked, rest.length - separator.length + 1);
        break;
      }
      const line = lineAt(rest, at + 1);
      if (line === undefined) {
        looked = at;
        break;
      }
      looked = at + 1;
      if (!isBlankBefore(rest, at) || !fromLine.test(line)) continue;
      mails.push(take(endBefore(rest, at)));
      rest = rest.subarray(at + 1);
      looked = 0;
    }
    shorten();
    return mails;
  };

  return {
    push(chunk) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      return waitingBytes * 4 < rest.length ? [] : split();
    },
    end() {
      const before = split();
      if (rest.length === 0) return before;
      const last = rest.length - 1;
      // The empty line that an mbox puts behind each mail.
      const end = rest[last] === lf && isBlankBefore(rest, last) ? endBefore(rest, last) : rest.length;
      const mail = take(end);
      rest = Buffer.alloc(0);
      return [...before, mail];
    },
  };
}

/** Without its end; undefined where that has not come yet. */
function lineAt(bytes: Buffer, start: number): string | undefined {
  const end = bytes.indexOf(lf, start);
  if (end === -1) return bytes.length - start > maxLine ? '' : undefined;
  return end - start > maxLine ? '' : bytes.toString('latin1', start, end);
}

/** Whether the line that the line feed at `at` ends is empty. */
function isBlankBefore(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1] === cr ? at - 2 : at - 1;
  return bytes[before] === lf;
}

/** Where the mail ends whose last, empty line is ended by the line feed at `at`. */
const endBefore = (bytes: Buffer, at: number): number => (bytes[at - 1] === cr ? at - 1 : at);

/** A line `>From `, with any number of `>`, had one less. */
function unquoted(mail: Buffer): Buffer {
  if (!mail.includes('>From ')) return mail;
  return Buffer.from(mail.toString('latin1').replace(/(^|\n)>(>*From )/g, '$1$2'), 'latin1');
}
