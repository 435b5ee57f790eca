/** Check 19: whether the recipient exists: by the domain's lists, by what its mail server took, and by asking that server. */
import { z } from 'zod';
import { matchesAddress } from '../policy/pattern.ts';
import { type Conclusion, defineCheck, observed } from './check.ts';
import { patternOf } from './lists.ts';
import { addressPattern } from './patterns.ts';
import { type KnownRecipient, recallRecipients, type RecipientSources } from './recipient-memory.ts';

const addresses = z.array(addressPattern).max(20_000).default([]);

/** By recipient, lower case; only of those of whom the domain's server had something to say. */
interface RecipientFact {
  readonly known?: Readonly<Record<string, KnownRecipient>>;
  /** Only this edge remembers. */
  readonly alone?: true;
}

interface RecipientSettings extends RecipientSources {
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

export const recipientValid = defineCheck({
  number: 19,
  name: 'recipient-valid',
  phase: 'rcpt',
  standing: 'ordinary',
  title: 'Recipient exists',
  help: 'Refuses mail for addresses that do not exist, at once and without keeping a copy. Without a list of valid addresses, and where your mail server is not asked, every recipient is taken.',
  modes: ['off', 'observe', 'reject'],
  immediate: true,
  settings: z.object({
    valid: addresses.describe('Addresses that exist; none: every recipient is taken'),
    invalid: addresses.describe('Addresses that are refused, even if the list above has them'),
    learn: z
      .boolean()
      .default(false)
      .describe('Remember which addresses your mail server took, and which it refused as unknown'),
    callout: z
      .boolean()
      .default(false)
      .describe('Ask your mail server about addresses that are on no list, without sending it anything'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'recipient-unknown': {
      title: 'No such mailbox',
      code: 550,
      enhanced: '5.1.1',
      text: 'No such mailbox here',
    },
  },
  async gather({ envelope, edge }, settings) {
    const isAsked = settings.learn || settings.callout;
    if (!isAsked || edge === undefined) return observed({});
    // Asking about an address that a list settles would tell nothing.
    const open = envelope.recipients
      .map((recipient) => recipient.toLowerCase())
      .filter((recipient) => byLists(recipient, settings) === undefined);
    return observed(await recallRecipients(open, settings, edge));
  },
  judge(fact: RecipientFact, settings, { recipient }) {
    return (
      byLists(recipient, settings) ??
      byServer(recipient, fact) ??
      (settings.valid.length === 0 || settings.callout
        ? notSettled(recipient, settings)
        : {
            result: 'fail',
            reason: 'recipient-unknown',
            sentence: `${recipient} is not on the list of valid addresses.`,
          })
    );
  },
});

type Verdict = Conclusion<'recipient-unknown'>;

/** What the lists say, of which the invalid one wins; undefined where they say nothing. */
function byLists(recipient: string, settings: RecipientSettings): Verdict | undefined {
  const entryFor = (list: readonly string[]) =>
    list.find((text) => {
      const pattern = patternOf(text);
      return pattern !== undefined && matchesAddress(pattern, recipient);
    });
  const invalid = entryFor(settings.invalid);
  if (invalid !== undefined) {
    return {
      result: 'fail',
      reason: 'recipient-unknown',
      sentence: `${recipient} is on the list of invalid addresses (${invalid}).`,
    };
  }
  const valid = entryFor(settings.valid);
  if (valid !== undefined) {
    return { result: 'pass', sentence: `${recipient} is on the list of valid addresses (${valid}).` };
  }
  const isStrict = settings.valid.length > 0 || settings.learn || settings.callout;
  return isStrict && recipient.startsWith('postmaster@')
    ? { result: 'pass', sentence: `${recipient} is always taken (RFC 5321 §4.5.1).` }
    : undefined;
}

/** What the domain's own server said, lately. */
function byServer(recipient: string, { known, alone }: RecipientFact): Verdict | undefined {
  const one = known !== undefined && Object.hasOwn(known, recipient) ? known[recipient] : undefined;
  if (one === undefined || one.is === 'unsure') return undefined;
  const when = one.by === 'delivery' ? 'when a mail was delivered to it' : 'when it was asked';
  const said = one.words === '' ? '' : `: ${one.words}`;
  const note = alone === true ? ' Remembered by this edge alone.' : '';
  return one.is === 'valid'
    ? { result: 'pass', sentence: `The domain's server took ${recipient} ${when}.${note}` }
    : {
        result: 'fail',
        reason: 'recipient-unknown',
        sentence: `The domain's server did not know ${recipient} ${when}${said}.${note}`,
      };
}

function notSettled(recipient: string, settings: RecipientSettings): Verdict {
  if (settings.callout) {
    return { result: 'none', sentence: `Whether ${recipient} exists could not be told, so it is taken.` };
  }
  return { result: 'none', sentence: 'There is no list of valid addresses, so every recipient is taken.' };
}
