/** Opens the body of a kept mail for somebody, and records that they looked, so that the customer sees every look. */
import { setTimeout as wait } from 'node:timers/promises';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import { loadState } from '@sluice/core/kernel/handle-command.ts';
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import type { DecisionPlace } from '@sluice/core/ports/mail-lookup.ts';
import { type CommandContext, createCommandContext } from '@sluice/core/use-cases/context.ts';
import { bodyOf, readDecision, type RecordedDecision, recordView } from '@sluice/core/use-cases/mails.ts';
import { mayRelease } from '@sluice/core/use-cases/release-permission.ts';
import { createMailLookup } from '@sluice/postgres';
import type { Caller } from './access.ts';
import type { Services } from './services.ts';

/** Why a mail cannot be looked into. */
export interface NotShown {
  readonly code: 'no-mail' | 'not-kept' | 'erased' | 'expired' | 'withheld' | 'unavailable' | 'damaged';
  readonly status: 403 | 404 | 410 | 500 | 503;
  /** A sentence for whoever asked. */
  readonly message: string;
}

export interface OpenMail {
  readonly raw: Uint8Array;
  /** To be called once something of it is shown: an event, at most one per person and hour. */
  recordLook(what: 'raw' | 'content'): Promise<void>;
  /** Why its bytes may not be taken away by who asks, such as for a virus in it; undefined: nothing speaks against it. */
  withheld(): Promise<NotShown | undefined>;
}

const notShown = (code: NotShown['code'], status: NotShown['status'], message: string) =>
  fail<NotShown>({ code, status, message });

export type Looker = Pick<Caller, 'actor' | 'scope'>;

export async function openMail(
  services: Services,
  { actor, scope }: Looker,
  mailId: string,
): Promise<Result<OpenMail, NotShown>> {
  const place = await createMailLookup(services.db).find(scope, mailId);
  if (place === undefined) return notShown('no-mail', 404, 'There is no such mail.');
  const context = createCommandContext(services.commandPorts, actor);
  const decision = await readDecision(services.commandPorts, place);
  if (!decision.ok) return refusal(decision.error);
  const raw = await readBody(services, context, decision.value);
  if (!raw.ok) return raw;
  return ok({
    raw: raw.value,
    recordLook: (what) => recordLook(services, { context, place, what }),
    withheld: () => whyWithheld(context, decision.value),
  });
}

async function whyWithheld(
  context: CommandContext,
  { place, data }: RecordedDecision,
): Promise<NotShown | undefined> {
  const permission = await mayRelease(context, { domainId: place.domainId, data });
  if (permission.ok) return undefined;
  const { code, message } = permission.error;
  return code === 'virus-release'
    ? { code: 'withheld', status: 403, message }
    : { code: 'unavailable', status: 503, message };
}

async function readBody(
  { packs }: Services,
  context: CommandContext,
  decision: RecordedDecision,
): Promise<Result<Uint8Array, NotShown>> {
  const mail = await loadState(context.aggregates.mail, mailStream(decision.place.mailId));
  if (!mail.ok) return refusal(mail.error);
  if (mail.value.state.status === 'expired')
    return notShown('expired', 410, 'This mail is no longer kept: the time for which it was kept is over.');
  const location = await bodyOf(context, decision);
  if (location === undefined)
    return notShown('not-kept', 404, 'The body of this mail was not kept: it was accepted and delivered.');
  const raw = await readMail(packs, location);
  if (raw.ok) return raw;
  const message = `The raw mail is ${raw.error} in the archive; run \`sluice archive verify\`.`;
  return notShown('damaged', 500, message);
}

function refusal({ code, message }: { readonly code: string; readonly message: string }) {
  if (code === 'erased') return notShown('erased', 410, 'What was personal about this mail has been erased.');
  return code === 'no-mail' ? notShown('no-mail', 404, message) : notShown('damaged', 500, message);
}

/** The look is shown to the customer, but a slow event store keeps nobody from their mail for longer. */
const patienceMs = 2_000;

async function recordLook(
  { log }: Services,
  look: {
    readonly context: CommandContext;
    readonly place: DecisionPlace;
    readonly what: 'raw' | 'content';
  },
): Promise<void> {
  const { context, place, what } = look;
  const problem = (error: string): void =>
    log.error({ mailId: place.mailId, error }, 'A look was not recorded');
  const recorded = recordView(context, place, what).then(
    (result) => {
      if (!result.ok) problem(result.error.message);
    },
    (error: unknown) => problem(String(error)),
  );
  const patience = new AbortController();
  const isLate = wait(patienceMs, true, { signal: patience.signal }).catch(() => false);
  await Promise.race([recorded, isLate]);
  patience.abort();
}
