/** Check 21: addresses that end by themselves, after a day that is written in them or after so many mails. */
import { z } from 'zod';
import { matchesAddress } from '../policy/pattern.ts';
import type { Counted } from '../ports/shared-counters.ts';
import { defineCheck, observed, type GatherInput } from './check.ts';
import { patternOf } from './lists.ts';
import { addressPattern } from './patterns.ts';

interface DisposableFact {
  /** Mails to each recipient so far, this one included, in the order of the envelope; null where nobody counts. */
  readonly uses?: readonly (number | null)[];
  /** The count is that of one edge, because the others could not be asked. */
  readonly alone?: true;
}

/** An address that nobody has written to for so long is as good as new. */
const countedForMs = 400 * 24 * 60 * 60 * 1000;

const uses = z.number().int().min(0).max(100_000);

const settings = z.object({
  prefix: z
    .string()
    .max(32)
    .regex(/^[a-z0-9._+-]*$/i, { message: 'Write letters, digits, dots, plus and minus signs only.' })
    .default('')
    .describe(
      'Every address that begins with it ends by itself; a day behind it, as in tmp-20261231-shop@, is its last. Empty: none',
    ),
  uses: uses.default(0).describe('Mails that an address with the prefix takes; 0: any number'),
  addresses: z
    .array(
      z.object({
        address: addressPattern.describe('The address; * stands for any run of characters'),
        expires: z.iso.date().optional().describe('Its last day (UTC)'),
        uses: uses.optional().describe('Mails that it takes'),
      }),
    )
    .max(1000)
    .default([])
    .describe('Single addresses that end by themselves'),
});
type Settings = z.infer<typeof settings>;

/** What an address may take, and by what it was found. */
interface Limits {
  readonly entry: string;
  /** Last day, `YYYY-MM-DD`. */
  readonly lastDay: string | undefined;
  /** 0: any number. */
  readonly uses: number;
}

export const recipientDisposable = defineCheck({
  number: 21,
  name: 'recipient-disposable',
  phase: 'rcpt',
  standing: 'ordinary',
  byEnvelope: true,
  title: 'Disposable addresses',
  help: 'Addresses to give away that end by themselves: after a day, or after so many mails. What comes later is refused and kept. Every mail counts, also one that another check refuses.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings,
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    // RFC 3463 §3.3: mailbox disabled
    'recipient-expired': {
      title: 'Disposable address has ended',
      code: 550,
      enhanced: '5.2.1',
      text: 'Refused: this address was for a limited use and is no longer in use',
    },
  },
  gather: async (input, chosen) => observed(await count(input, chosen)),
  judge(fact: DisposableFact, chosen, { envelope, recipient, receivedAt }) {
    const limits = limitsOf(recipient, chosen);
    if (limits === undefined) return { result: 'none', sentence: `${recipient} is no disposable address.` };
    const { entry, lastDay } = limits;
    if (lastDay !== undefined && receivedAt.slice(0, 10) > lastDay) {
      return fail(`${recipient} ended with ${lastDay} (${entry}).`);
    }
    const index = envelope.recipients.findIndex((one) => one.toLowerCase() === recipient);
    return judgeUses(recipient, limits, fact.uses?.[index] ?? 0, fact.alone === true);
  },
});

/** `used`: 0 where nobody counted. */
function judgeUses(recipient: string, { entry, lastDay, uses: most }: Limits, used: number, alone: boolean) {
  if (used === 0 || most === 0) {
    const until = lastDay === undefined ? '' : ` until the end of ${lastDay}`;
    return { result: 'pass', sentence: `${recipient} takes mail${until} (${entry}).` } as const;
  }
  const note = alone ? ' Other edges could not be asked.' : '';
  const sentence = `This is mail ${used} of ${most} to ${recipient} (${entry}).${note}`;
  return used > most ? fail(sentence) : ({ result: 'pass', sentence } as const);
}

const fail = (sentence: string) => ({ result: 'fail', reason: 'recipient-expired', sentence }) as const;

/** Adds this mail to the counts of the recipients that have a limit; nothing where there is no edge to count. */
async function count({ envelope, edge }: GatherInput, chosen: Settings): Promise<DisposableFact> {
  const limited = envelope.recipients.map((recipient) => {
    const limits = limitsOf(recipient.toLowerCase(), chosen);
    return limits !== undefined && limits.uses > 0;
  });
  if (edge === undefined || !limited.includes(true)) return {};
  const add = async (recipient: string, isLimited: boolean | undefined): Promise<Counted | undefined> =>
    isLimited === true
      ? edge.counters.add(`disposable:${recipient.toLowerCase().slice(0, 330)}`, countedForMs)
      : undefined;
  const counts = await Promise.all(envelope.recipients.map((one, index) => add(one, limited[index])));
  const away = counts.some((one) => one?.away === true);
  return { uses: counts.map((one) => one?.value ?? null), ...(away ? { alone: true } : {}) };
}

function limitsOf(recipient: string, { prefix, uses: most, addresses }: Settings): Limits | undefined {
  const single = addresses.find(({ address }) => {
    const pattern = patternOf(address);
    return pattern !== undefined && matchesAddress(pattern, recipient);
  });
  if (single !== undefined) {
    return { entry: single.address, lastDay: single.expires, uses: single.uses ?? 0 };
  }
  const start = prefix.toLowerCase();
  if (start === '' || !recipient.startsWith(start)) return undefined;
  const day = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d)/.exec(recipient.slice(start.length));
  return {
    entry: `${start}*`,
    lastDay: day === null ? undefined : `${day[1]}-${day[2]}-${day[3]}`,
    uses: most,
  };
}
