/** Decides on one mail of an archive as an edge would: facts, judgement under the domain's policy, event, outbox. */
import { nothingGathered } from '../checks/gather.ts';
import { createObservations } from '../checks/observations.ts';
import type { ReceiverContext } from '../edge/receive-context.ts';
import { decideMail } from '../edge/receive-mail.ts';
import { excerptCharacters } from '../edge/summary.ts';
import type { AddressedTransaction } from '../edge/transaction.ts';
import type { Verdict } from '../judge/verdict.ts';
import { readHeader } from '../message/header-view.ts';
import type { PinnedDomain } from '../ports/replica.ts';
import { importedEnvelope, mayRunImported } from './envelope-of.ts';

export interface MailToImport {
  readonly mailId: string;
  readonly raw: Uint8Array;
  /** Of its file, milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly domain: PinnedDomain;
}

const allPhases = ['connect', 'helo', 'mail', 'rcpt', 'data'] as const;

/** On disk when it resolves. `dns`: today's DNS may be asked about it. */
export async function importMail(
  context: ReceiverContext,
  { mailId, raw, modifiedAt, domain }: MailToImport,
  { dns }: { readonly dns: boolean },
): Promise<Verdict> {
  const { ports, options } = context;
  const now = Temporal.Instant.from(ports.clock.now()).epochMilliseconds;
  const derived = importedEnvelope(readHeader(raw), { domain: domain.name, modifiedAt, now });
  const { envelope, receivedAt } = derived;
  const observed = createObservations({
    envelope,
    raw: undefined,
    ports,
    deadlines: options.observationDeadlines,
    textLimit: excerptCharacters,
  });
  const transaction: AddressedTransaction = {
    state: 'rcpt',
    sender: { address: envelope.sender, declaredSize: undefined, smtpUtf8: false },
    domain,
    policy: domain.policy,
    recipients: envelope.recipients,
    // Nothing was asked while the client was talking, which was long ago.
    early: { observed, facts: Promise.resolve(nothingGathered) },
  };
  const hello = { name: envelope.helo, extended: false, tls: undefined };
  const occasion = { mailId, receivedAt, phases: allPhases, mayRun: mayRunImported(derived, { dns }) };
  const { verdict } = await decideMail(context, { transaction, hello, envelope, raw }, occasion);
  return verdict;
}
