/** Projection: how often each token was taught as spam and as ham, by domain; the last word about a mail counts. */
import { countChange, type Taught } from '@sluice/core/bayes/counts.ts';
import { unpackTokens } from '@sluice/core/bayes/token-digest.ts';
import { tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import { type MailTrained, trainingFormats } from '@sluice/core/bayes/training.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { createEventCodec, type EventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import { addBayesCounts, loadTaught, saveTaught, type TaughtMail } from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';

/** The tokens of a mail come with the event (docs/decisions/0013): its body may be gone, or never have been here. */
export function createTraining(vault: Vault): PostgresProjection {
  const codec = createEventCodec<MailTrained>(trainingFormats, vault);
  return {
    name: 'training',
    tables: ['bayes_models', 'bayes_mails', 'bayes_tokens'],
    streamPrefixes: ['training-'],
    failure: { retries: 3, atLast: 'park' },
    batchEvents: 250,
    async prepare(events) {
      const words: Word[] = [];
      for (const event of events) {
        const word = await wordOf(event, codec);
        if (word !== undefined) words.push(word);
      }
      return async (tx) => {
        const { models, mails } = follow(await loadTaught(tx, words), words);
        await saveTaught(tx, mails);
        for (const { taught, ...model } of models) {
          await addBayesCounts(tx, { ...model, change: countChange(taught) });
        }
      };
    },
  };
}

/** What somebody said of a mail. */
interface Word extends TaughtMail {
  readonly accountId: string;
  /** Decimal string. */
  readonly position: string;
}

/** Undefined for what was erased, and for tokens of another version of the tokenizer, which no mail of today has. */
async function wordOf(event: RecordedEvent, codec: EventCodec<MailTrained>): Promise<Word | undefined> {
  const { domainId, accountId } = event.metadata;
  if (domainId === undefined || accountId === undefined || !codec.knows(event.type)) return undefined;
  const decoded = await codec.decode(event);
  if (!decoded.ok && decoded.error.code === 'erased') return undefined;
  if (!decoded.ok) throw new TypeError(`event ${event.id} cannot be read: ${decoded.error.code}`);
  const { mailId, as: label, tokenizer, tokens } = decoded.value.data;
  if (tokenizer !== tokenizerVersion) return undefined;
  return { domainId, accountId, mailId, label, tokens, position: event.position.toString() };
}

interface ModelWords {
  readonly domainId: string;
  readonly accountId: string;
  readonly position: string;
  readonly taught: readonly Taught[];
}

/** The last word about each mail, and what all of them change, by domain. */
function follow(
  before: readonly TaughtMail[],
  words: readonly Word[],
): { readonly models: readonly ModelWords[]; readonly mails: readonly TaughtMail[] } {
  const known = new Map(before.map((mail) => [keyOf(mail), mail]));
  const changed = new Map<string, TaughtMail>();
  const models = new Map<string, ModelWords>();
  for (const { accountId, position, ...mail } of words) {
    const was = known.get(keyOf(mail));
    if (was?.label === mail.label) continue;
    known.set(keyOf(mail), mail);
    changed.set(keyOf(mail), mail);
    const { domainId } = mail;
    const taught = [...(models.get(domainId)?.taught ?? []), taughtOf(mail, was)];
    models.set(domainId, { domainId, accountId, position, taught });
  }
  return { models: [...models.values()], mails: [...changed.values()] };
}

const keyOf = ({ domainId, mailId }: Pick<TaughtMail, 'domainId' | 'mailId'>): string =>
  `${domainId}/${mailId}`;

const taughtOf = (mail: TaughtMail, was: TaughtMail | undefined): Taught => ({
  tokens: unpackTokens(mail.tokens),
  as: mail.label,
  ...(was === undefined ? {} : { was: { tokens: unpackTokens(was.tokens), as: was.label } }),
});
