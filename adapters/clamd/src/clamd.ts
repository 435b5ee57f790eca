/** A clamd as VirusScanner: each mail is streamed over a connection of its own (clamd(8), INSTREAM). */
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { ScanResult, VirusScanner } from '@sluice/core/ports/virus-scanner.ts';
import { parseClamdUrl } from './address.ts';
import { exchange } from './exchange.ts';

export interface Clamd extends VirusScanner {
  /** Answers within the time, or gives the reason why not. */
  ping(timeoutMs: number): Promise<Result<void, string>>;
  /** Engine and signature version, e.g. `ClamAV 1.4.3/27800/Sun Nov 22 09:00:00 2026`; at most a minute old. */
  version(): Promise<Result<string, string>>;
}

/** Signatures change a few times a day: their version is asked for once a minute, not with each mail. */
const versionMaxAgeMs = 60_000;
const versionDeadlineMs = 5_000;
const chunkBytes = 64 * 1024;

/**
 * A scanner at `tcp://host:port`, `clamd://host:port` or `unix:/path`. Throws on any other URL; connects at the first
 * question, and holds nothing open between two.
 */
export function connectClamd(url: string): Clamd {
  const address = parseClamdUrl(url);
  const ask = (frames: Iterable<Uint8Array>, deadlineMs: number): Promise<Result<string, string>> =>
    exchange(address, { frames, deadlineMs });

  let known: { readonly text: string; readonly at: number } | undefined;

  async function version(deadlineMs = versionDeadlineMs): Promise<Result<string, string>> {
    if (known !== undefined && performance.now() - known.at < versionMaxAgeMs) return ok(known.text);
    const answer = await ask([command('VERSION')], deadlineMs);
    if (answer.ok) known = { text: answer.value, at: performance.now() };
    return answer;
  }

  return {
    async scan(raw, deadlineMs) {
      const [answer, engine] = await Promise.all([ask(stream(raw), deadlineMs), version(deadlineMs)]);
      if (!answer.ok) return { status: 'error', message: answer.error };
      return readVerdict(answer.value, engine.ok ? engine.value : 'ClamAV, version unknown', raw.length);
    },

    async ping(timeoutMs) {
      const answer = await ask([command('PING')], timeoutMs);
      if (!answer.ok) return answer;
      return answer.value === 'PONG' ? ok(undefined) : fail(`what answers at ${url} is not a clamd`);
    },

    version: () => version(),
  };
}

const command = (name: string): Buffer => Buffer.from(`z${name}\0`);

/** The mail in pieces, each behind its length; the length 0 ends it. */
function* stream(raw: Uint8Array): Generator<Uint8Array> {
  yield command('INSTREAM');
  for (let at = 0; at < raw.length; at += chunkBytes) {
    const chunk = raw.subarray(at, at + chunkBytes);
    yield Buffer.concat([lengthPrefix(chunk.length), chunk]);
  }
  yield lengthPrefix(0);
}

function lengthPrefix(bytes: number): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes);
  return prefix;
}

function readVerdict(answer: string, engine: string, bytes: number): ScanResult {
  if (answer === 'stream: OK') return { status: 'clean', engine };
  const signature = /^stream: (.+) FOUND$/.exec(answer)?.[1];
  if (signature !== undefined) return { status: 'infected', signature, engine };
  if (/size limit exceeded/i.test(answer)) {
    return { status: 'error', message: `clamd takes no mail of ${bytes} bytes (its StreamMaxLength)` };
  }
  return { status: 'error', message: `clamd answered: ${answer}` };
}
