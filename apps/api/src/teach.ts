/** Teaching by a mail that lies in the archive: its tokens become an event, and nobody is shown anything of it. */
import { fail, refuse, type Refusal, type Result } from '@sluice/core/kernel/result.ts';
import { mailboxesOf, type MailTrainedData } from '@sluice/core/bayes/training.ts';
import { contentTextLimit } from '@sluice/core/checks/observations.ts';
import type { CommandContext, Done } from '@sluice/core/use-cases/context.ts';
import { readDecision } from '@sluice/core/use-cases/mails.ts';
import { tokensOf, trainMails } from '@sluice/core/use-cases/training.ts';
import { createMailLookup } from '@sluice/postgres';
import type { Caller } from './access.ts';
import { openMail } from './open-mail.ts';
import type { Services } from './services.ts';

interface Teacher extends Pick<Caller, 'actor' | 'scope'> {
  readonly services: Services;
  readonly commands: CommandContext;
}

/** Characters of one digest: more than any mail's tokens come to. */
export const maxDigest = 60_000;

/** As an edge reads it: the same text comes to the same tokens. */
const reading = { textLimit: contentTextLimit, content: true, deadlineMs: 20_000 };

/** Whose own mail it is. */
interface Whose {
  /** Undefined: everybody's that it was sent to. */
  readonly mailboxes?: readonly string[];
}

export async function teachMail(
  teacher: Teacher,
  mailId: string,
  said: Pick<MailTrainedData, 'as' | 'by'>,
  about: Whose,
): Promise<Result<Done, Refusal>> {
  const { services, commands, scope } = teacher;
  const place = await createMailLookup(services.db).find(scope, mailId);
  if (place === undefined) return refuse('no-mail', 'There is no such mail.');
  const decision = await readDecision(commands.ports, place);
  if (!decision.ok) return decision;
  const { recipients } = decision.value.data.envelope;
  const whose = about.mailboxes ?? recipients;
  if (!whose.every((one) => includes(recipients, one))) {
    return refuse('no-mail', 'This mail was not sent to that address.');
  }
  const opened = await openMail(services, teacher, mailId);
  if (!opened.ok) return fail({ code: opened.error.code, message: opened.error.message });
  const message = await services.inspector.inspect(opened.value.raw, reading);
  if (!message.ok) return refuse('damaged', 'This mail cannot be read, so nothing can be learned from it.');
  return trainMails(commands, place, [
    { mailId: place.mailId, ...said, ...tokensOf(message.value), ...mailboxesOf(whose) },
  ]);
}

const includes = (addresses: readonly string[], one: string): boolean =>
  addresses.some((address) => address.toLowerCase() === one.toLowerCase());

/** A released mail was wanted, by those whom it was released to. What cannot be taught keeps nobody from their mail. */
export async function teachReleased(teacher: Teacher, mailId: string, whose: Whose): Promise<void> {
  const note = (error: string): void =>
    teacher.services.log.warn({ mailId, error }, 'A released mail was not taught');
  try {
    const taught = await teachMail(teacher, mailId, { as: 'ham', by: 'release' }, whose);
    if (!taught.ok) note(taught.error.message);
  } catch (error) {
    note(String(error));
  }
}
