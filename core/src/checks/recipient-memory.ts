/** What the mail server of a domain said of a recipient, remembered for a while: when it was delivered to, or was asked. */
import { sha256Hex } from '../kernel/hash.ts';
import type { SharedCounters } from '../ports/shared-counters.ts';
import type { EdgeView, RecipientAnswer } from './edge-view.ts';

export interface KnownRecipient extends RecipientAnswer {
  readonly by: 'delivery' | 'callout';
}

/** Which of the two is to be used. */
export interface RecipientSources {
  readonly learn: boolean;
  readonly callout: boolean;
}

const hourMs = 3_600_000;

/**
 * A new mailbox has to be taken soon, so what is unknown is asked again after an hour; whoever could not be asked is left
 * alone for some minutes.
 */
const keptMs = { valid: 7 * 24 * hourMs, unknown: hourMs, unsure: 5 * 60_000 } as const;

const maxWords = 120;

const keyOf = (domainId: string, recipient: string): string =>
  `recipient:${domainId}:${sha256Hex(recipient.toLowerCase())}`;

/** Keeps what was learned of a recipient. Never rejects. */
export async function rememberRecipient(
  counters: SharedCounters,
  domainId: string,
  recipient: string,
  { is, by, words }: KnownRecipient,
): Promise<void> {
  const value = `${is} ${by} ${words.slice(0, maxWords)}`;
  await counters.put(keyOf(domainId, recipient), value, keptMs[is]);
}

const remembered = /^(valid|unknown|unsure) (delivery|callout) ([^]*)$/;

function parse(value: string | undefined): KnownRecipient | undefined {
  const [, is, by, words] = remembered.exec(value ?? '') ?? [];
  return is === undefined || by === undefined
    ? undefined
    : { is: is as KnownRecipient['is'], by: by as KnownRecipient['by'], words: words ?? '' };
}

/** What is remembered of recipients (lower case), and what the domain's server says now of the others if it may be asked. */
export async function recallRecipients(
  recipients: readonly string[],
  sources: RecipientSources,
  edge: EdgeView,
): Promise<{ readonly known?: Readonly<Record<string, KnownRecipient>>; readonly alone?: true }> {
  let alone = false;
  const recall = async (recipient: string): Promise<[string, KnownRecipient][]> => {
    const before = await edge.counters.get(keyOf(edge.domainId, recipient));
    alone ||= !before.shared;
    const kept = parse(before.value);
    if (kept !== undefined && isUsable(kept, sources)) return [[recipient, kept]];
    if (!sources.callout || edge.callout === undefined) return [];
    const { is, words } = await edge.callout(recipient);
    const answer: KnownRecipient = { is, by: 'callout', words: words.slice(0, maxWords) };
    await rememberRecipient(edge.counters, edge.domainId, recipient, answer);
    return [[recipient, answer]];
  };
  const known = (await Promise.all(recipients.map(recall))).flat();
  if (known.length === 0) return {};
  return { known: Object.fromEntries(known), ...(alone ? { alone: true as const } : {}) };
}

/** What one source has left is none of the other's business. */
const isUsable = ({ by }: KnownRecipient, { learn, callout }: RecipientSources): boolean =>
  by === 'delivery' ? learn : callout;
