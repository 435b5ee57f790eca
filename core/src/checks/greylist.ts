/** Check 23: the first mail of an unknown sender to a recipient is asked to come again (RFC 6647). */
import { z } from 'zod';
import { millisecondsBetween } from '../edge/receive-time.ts';
import { sha256Hex } from '../kernel/hash.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import { defineCheck, observed } from './check.ts';

/** When a sender was first seen with a recipient. */
interface Pair {
  readonly recipient: string;
  /** ISO 8601; undefined where the sender has passed before, for some recipient of the domain. */
  readonly first?: string;
  /** ISO 8601, of this mail. */
  readonly now: string;
}

interface GreylistFact {
  readonly pairs: readonly Pair[];
  /** Only this edge remembers. */
  readonly alone?: true;
  /** What edges remember together could not be asked. */
  readonly away?: true;
}

interface GreylistSettings {
  readonly delaySeconds: number;
  readonly windowHours: number;
  readonly knownDays: number;
}

const hourMs = 3_600_000;

export const greylist = defineCheck({
  number: 23,
  name: 'greylist',
  phase: 'rcpt',
  standing: 'ordinary',
  immediate: true,
  title: 'Greylisting',
  help: 'Asks an unknown sender to come again in a few minutes. Mail servers do, many spam programs do not. It delays the first mail of everybody who has never written to you; known is the pair of sender and recipient, from whatever server.',
  modes: ['off', 'observe', 'defer'],
  settings: z.object({
    delaySeconds: z
      .number()
      .int()
      .min(1)
      .max(3_600)
      .default(300)
      .describe('Seconds before the mail is taken when it comes again'),
    windowHours: z
      .number()
      .int()
      .min(1)
      .max(168)
      .default(48)
      .describe('Hours within which it has to come again'),
    knownDays: z
      .number()
      .int()
      .min(0)
      .max(365)
      .default(36)
      .describe(
        'Days for which a sender that came again may write to everybody here; 0: to that recipient only',
      ),
  }),
  presets: { relaxed: { mode: 'off' }, balanced: { mode: 'off' }, strict: { mode: 'off' } },
  reasons: {
    greylisted: {
      title: 'Unknown sender, asked to come again',
      code: 451,
      enhanced: '4.7.1',
      text: 'Greylisted: please try again in a few minutes',
    },
  },
  async gather({ edge, envelope }, settings) {
    if (edge === undefined) return { status: 'nothing' };
    // A bounce may be the answer to a callout or to a mail of ours, and comes from nobody that could be known.
    if (envelope.sender === '') return { status: 'skipped', why: 'null-sender' };
    const { counters, domainId, now } = edge;
    const recall = { counters, domainId, now, settings, sender: normalized(envelope.sender) };
    const found = await Promise.all(envelope.recipients.map((recipient) => recallPair(recall, recipient)));
    return observed({
      pairs: found.map(({ pair }) => pair),
      ...(found.every(({ shared }) => shared) ? {} : { alone: true as const }),
      ...(found.some(({ away }) => away === true) ? { away: true as const } : {}),
    });
  },
  judge(fact: GreylistFact, settings, { recipient }) {
    const pair = fact.pairs.find((one) => one.recipient === recipient);
    const note = fact.alone === true ? ' Remembered by this edge alone.' : '';
    if (pair === undefined) return { result: 'none', sentence: 'This recipient was not looked at.' };
    if (pair.first === undefined) {
      return { result: 'pass', sentence: `The sender has come again before.${note}` };
    }
    const waited = Math.max(0, millisecondsBetween(pair.first, pair.now));
    const told = `The sender was first seen with this recipient ${Math.floor(waited / 1_000)} seconds before`;
    if (waited >= settings.delaySeconds * 1_000) return { result: 'pass', sentence: `${told}.${note}` };
    if (fact.away === true) {
      const sentence = 'What the edges remember together does not answer, so nobody is sent away.';
      return { result: 'none', sentence };
    }
    return {
      result: 'fail',
      reason: 'greylisted',
      sentence: `${told}, less than the ${settings.delaySeconds} that are asked for.${note}`,
    };
  },
});

interface Recall {
  readonly counters: SharedCounters;
  readonly domainId: string;
  readonly now: string;
  readonly settings: GreylistSettings;
  readonly sender: string;
}

/** Looks a pair up, and remembers what has changed. Done again for the same mail it comes to the same. */
async function recallPair({ counters, domainId, now, settings, sender }: Recall, recipient: string) {
  const senderKey = `greylist:${domainId}:${sha256Hex(sender)}`;
  const pairKey = `greylist:${domainId}:${sha256Hex(`${sender}\n${recipient.toLowerCase()}`)}`;
  const knownMs = settings.knownDays * 24 * hourMs;
  const name = recipient.toLowerCase();
  const [known, before] = await Promise.all([
    knownMs === 0 ? undefined : counters.get(senderKey),
    counters.get(pairKey),
  ]);
  const told = { shared: before.shared, away: before.away };
  if (known?.value !== undefined) {
    // Once a day is often enough for a time that counts in days.
    if (millisecondsBetween(known.value, now) > 24 * hourMs) await counters.put(senderKey, now, knownMs);
    return { pair: { recipient: name, now }, ...told };
  }
  const first = before.value ?? now;
  const hasWaited = millisecondsBetween(first, now) >= settings.delaySeconds * 1_000;
  if (before.value === undefined) await counters.put(pairKey, first, settings.windowHours * hourMs);
  else if (hasWaited) {
    await counters.put(pairKey, first, Math.max(knownMs, settings.windowHours * hourMs));
    if (knownMs > 0) await counters.put(senderKey, now, knownMs);
  }
  return { pair: { recipient: name, first, now }, ...told };
}

/** Lists and ticket systems write the mail's own number into the sender: such addresses are one sender. */
function normalized(sender: string): string {
  const at = sender.lastIndexOf('@');
  const local = sender.slice(0, Math.max(at, 0)).toLowerCase();
  return `${local.replace(/\+.*$/, '').replace(/\d+/g, '#')}@${sender.slice(at + 1).toLowerCase()}`;
}
