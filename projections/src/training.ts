/** Projection: how often each token was taught as spam and as ham, by model; the last word about a mail counts. */
import { countChange, type Taught } from '@sluice/core/bayes/counts.ts';
import { unpackTokens } from '@sluice/core/bayes/token-digest.ts';
import { tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import { mailboxModelId, serviceModelId } from '@sluice/core/bayes/model-id.ts';
import { type MailTrained, serviceTrainingStream, trainingFormats } from '@sluice/core/bayes/training.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { createEventCodec, type EventCodec } from '@sluice/core/kernel/event-codec.ts';
import type { Vault } from '@sluice/core/ports/vault.ts';
import { addBayesCounts, loadTaught, saveTaught, type TaughtMail } from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';

/** The tokens of a mail come with the event (docs/decisions/0014): its body may be gone, or never have been here. */
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
        words.push(...(await wordsOf(event, codec)));
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

/** What a model was told of a mail. */
interface Word extends TaughtMail, Owner {
  /** Decimal string. */
  readonly position: string;
}

/** Whose a model is; neither for that of the service. */
interface Owner {
  readonly domainId: string | undefined;
  readonly accountId: string | undefined;
}

/** To the domain, and to each mailbox that it is the own mail of; or to the service. */
function modelsOf(
  event: RecordedEvent,
  mailboxes: readonly string[],
): readonly (Owner & { modelId: string })[] {
  if (event.stream === serviceTrainingStream) {
    return [{ modelId: serviceModelId, domainId: undefined, accountId: undefined }];
  }
  const { domainId, accountId } = event.metadata;
  if (domainId === undefined || accountId === undefined) return [];
  const modelIds = [domainId, ...mailboxes.map((address) => mailboxModelId(domainId, address))];
  return modelIds.map((modelId) => ({ modelId, domainId, accountId }));
}

/** None for what was erased, and for tokens of another version of the tokenizer, which no mail of today has. */
async function wordsOf(event: RecordedEvent, codec: EventCodec<MailTrained>): Promise<readonly Word[]> {
  if (!codec.knows(event.type)) return [];
  const decoded = await codec.decode(event);
  if (!decoded.ok && decoded.error.code === 'erased') return [];
  if (!decoded.ok) throw new TypeError(`event ${event.id} cannot be read: ${decoded.error.code}`);
  const { mailId, as: label, tokenizer, tokens, mailboxes = [] } = decoded.value.data;
  if (tokenizer !== tokenizerVersion) return [];
  const position = event.position.toString();
  return modelsOf(event, mailboxes).map((model) => ({ ...model, mailId, label, tokens, position }));
}

interface ModelWords extends Owner {
  readonly modelId: string;
  readonly position: string;
  readonly taught: readonly Taught[];
}

/** The last word about each mail, and what all of them change, by model. */
function follow(
  before: readonly TaughtMail[],
  words: readonly Word[],
): { readonly models: readonly ModelWords[]; readonly mails: readonly TaughtMail[] } {
  const known = new Map(before.map((mail) => [keyOf(mail), mail]));
  const changed = new Map<string, TaughtMail>();
  const models = new Map<string, ModelWords>();
  for (const { accountId, domainId, position, ...mail } of words) {
    const was = known.get(keyOf(mail));
    if (was?.label === mail.label) continue;
    known.set(keyOf(mail), mail);
    changed.set(keyOf(mail), mail);
    const { modelId } = mail;
    const taught = [...(models.get(modelId)?.taught ?? []), taughtOf(mail, was)];
    models.set(modelId, { modelId, domainId, accountId, position, taught });
  }
  return { models: [...models.values()], mails: [...changed.values()] };
}

const keyOf = ({ modelId, mailId }: Pick<TaughtMail, 'modelId' | 'mailId'>): string => `${modelId}/${mailId}`;

const taughtOf = (mail: TaughtMail, was: TaughtMail | undefined): Taught => ({
  tokens: unpackTokens(mail.tokens),
  as: mail.label,
  ...(was === undefined ? {} : { was: { tokens: unpackTokens(was.tokens), as: was.label } }),
});
