/** Teaching: what somebody says of a mail becomes one event with the tokens of the mail. */
import { packTokens } from '../bayes/token-digest.ts';
import { type TokenSource, tokenize, tokenizerVersion } from '../bayes/tokenize.ts';
import {
  type MailTrained,
  type MailTrainedData,
  serviceTrainingKeyId,
  serviceTrainingStream,
  trainingFormats,
  trainingStream,
} from '../bayes/training.ts';
import { domainKeyId } from '../domain/domain.ts';
import type { EventMetadata, NewEvent } from '../kernel/event.ts';
import { createEventCodec } from '../kernel/event-codec.ts';
import type { HandlingRefusal } from '../kernel/handle-command.ts';
import { eventId } from '../kernel/hash.ts';
import { ok, refuse, type Refusal, type Result } from '../kernel/result.ts';
import { type CommandContext, type Done, done } from './context.ts';

/** The id under which a mail of a file is taught in a model: the same bytes again are the same mail. `sha256`: hexadecimal. */
export const taughtFileId = (modelId: string, sha256: string): string =>
  eventId('taught-file', modelId, sha256);

/** The tokens of a mail as `MailTrained` carries them. */
export const tokensOf = (mail: TokenSource): Pick<MailTrainedData, 'tokenizer' | 'tokens'> => ({
  tokenizer: tokenizerVersion,
  tokens: packTokens(tokenize(mail).hashes),
});

type TrainingRefusal = HandlingRefusal | Refusal<'other-tokenizer'>;

/**
 * Records what was said of some mails of one domain, all or nothing. Nothing is asked of the stream, so that teaching costs the
 * same after ten thousand mails: the last word about a mail counts, and the same word again changes nothing.
 */
export async function trainMails(
  context: CommandContext,
  { domainId, accountId }: { readonly domainId: string; readonly accountId: string },
  mails: readonly MailTrainedData[],
): Promise<Result<Done, TrainingRefusal>> {
  const book = { id: domainId, stream: trainingStream(domainId), keyId: domainKeyId(domainId) };
  return append(context, { ...book, about: { accountId, domainId } }, mails);
}

/** The same for the base that the models of all domains stand over. */
export async function trainService(
  context: CommandContext,
  mails: readonly MailTrainedData[],
): Promise<Result<Done, TrainingRefusal>> {
  const keyId = serviceTrainingKeyId;
  const key = await context.ports.keys.create(keyId);
  if (!key.ok) return refuse('erased', 'The key of the service’s samples has been destroyed.');
  return append(context, { id: 'service', stream: serviceTrainingStream, keyId, about: {} }, mails);
}

interface Book {
  readonly id: string;
  readonly stream: string;
  readonly keyId: string;
  readonly about: Pick<EventMetadata, 'accountId' | 'domainId'>;
}

async function append(
  context: CommandContext,
  { id: bookId, stream, keyId, about }: Book,
  mails: readonly MailTrainedData[],
): Promise<Result<Done, TrainingRefusal>> {
  if (mails.length === 0) return ok(done(bookId, undefined));
  if (mails.some(({ tokenizer }) => tokenizer !== tokenizerVersion)) {
    return refuse(
      'other-tokenizer',
      'These tokens were made by another version of Sluice; use the same version on both sides.',
    );
  }
  const { id, now: at, actor, correlationId } = context.metadata();
  const codec = createEventCodec<MailTrained>(trainingFormats, context.ports.vault);
  const events: NewEvent[] = [];
  for (const data of mails) {
    const encoded = await codec.encode(
      { type: 'MailTrained', data },
      {
        id: eventId(id, stream, data.mailId),
        keyId,
        metadata: { actor, at, correlationId, causationId: id, ...about },
      },
    );
    if (!encoded.ok) return refuse('erased', 'The key that samples are sealed under has been destroyed.');
    events.push(encoded.value);
  }
  const appended = await context.ports.store.append(stream, events, 'any');
  if (appended.ok) return ok(done(bookId, appended.value.position));
  return appended.error.code === 'unavailable'
    ? refuse('unavailable', 'The event store does not answer; try again in a moment.')
    : refuse('damaged', `The event store refused the change: ${appended.error.code}.`);
}
