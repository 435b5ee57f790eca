/** One SMTP session of an edge: from the greeting to the decision on each mail. */
import type { Envelope } from '../checks/check.ts';
import { gatherPhase } from '../checks/gather.ts';
import { createObservations } from '../checks/observations.ts';
import { ownNames } from '../checks/own-names.ts';
import type { Policy } from '../policy/policy.ts';
import type { PinnedDomain } from '../ports/replica.ts';
import type {
  SmtpAnswer,
  SmtpClient,
  SmtpHello,
  SmtpMessage,
  SmtpReply,
  SmtpSender,
  SmtpSession,
} from '../ports/smtp-session.ts';
import { hasImmediate, refusedAtOnce } from './receive-at-once.ts';
import { openConnection } from './receive-connection.ts';
import { decideMail } from './receive-mail.ts';
import type { ReceiverContext } from './receive-context.ts';
import { plainReply } from './reply.ts';
import { excerptCharacters } from './summary.ts';
import {
  type Admission,
  admitDomain,
  type AddressedTransaction,
  type EarlyGathering,
  isNamed,
  noTransaction,
  recipientDomain,
  type Transaction,
} from './transaction.ts';

const senderOk: SmtpReply = { code: 250, enhanced: '2.1.0', text: 'Sender OK' };
const recipientOk: SmtpReply = { code: 250, enhanced: '2.1.5', text: 'Recipient OK' };
const helloOk: SmtpReply = { code: 250, text: 'Hello' };

/** Reasons for a message that is not judged at all. */
const unreadReasons = {
  'too-large': 'too-large',
  'no-room': 'no-room',
  'false-end': 'broken-protocol',
} as const;

export function openSession(context: ReceiverContext, client: SmtpClient): SmtpSession {
  const { ports, options, refusals } = context;
  const connection = openConnection(context, client);
  let isEarly = false;
  let hello: SmtpHello = { name: '', extended: false, tls: undefined };
  let transaction: Transaction = noTransaction;

  function refuse(reason: string, domainId?: string): SmtpReply {
    const reply = plainReply(reason);
    const about = domainId === undefined ? {} : { domainId };
    refusals.add(ports.clock.now(), { reason, code: reply.code, ...about });
    return reply;
  }

  const envelopeFor = (sender: SmtpSender, recipients: readonly string[]): Envelope => ({
    ip: client.ip,
    helo: hello.name,
    sender: sender.address,
    recipients,
    ...(hello.tls === undefined ? {} : { tls: hello.tls.protocol }),
    ...(isEarly ? { earlyTalker: true as const } : {}),
  });

  /** Everything that needs no message is asked now, while the client goes on. */
  function gatherEarly(sender: SmtpSender, recipient: string, policy: Policy): EarlyGathering {
    const envelope = envelopeFor(sender, [recipient]);
    const observed = createObservations({
      envelope,
      raw: undefined,
      ports,
      deadlines: options.observationDeadlines,
      textLimit: excerptCharacters,
    });
    const facts = gatherPhase({
      phases: ['connect', 'helo', 'mail'],
      policy,
      envelope,
      receivedAt: ports.clock.now(),
      observed,
      resolver: ports.resolver,
      own: ownNames(options.hostname, ports.replica),
      deadline: ports.deadline,
      deadlines: options.gatherDeadlines,
      earlier: connection.facts(),
    });
    return { observed, facts };
  }

  /** Takes a recipient that nothing speaks against. */
  function take(recipient: string, domain: PinnedDomain, policy: Policy): SmtpReply {
    if (transaction.state === 'none') return plainReply('local-error');
    if (transaction.state === 'mail') {
      const { sender } = transaction;
      const early = gatherEarly(sender, recipient, policy);
      transaction = { state: 'rcpt', sender, domain, policy, recipients: [recipient], early };
    } else if (!isNamed(transaction.recipients, recipient)) {
      transaction = { ...transaction, recipients: [...transaction.recipients, recipient] };
    }
    return recipientOk;
  }

  function rcpt(given: string): SmtpAnswer {
    const current = transaction;
    if (current.state === 'none') return plainReply('local-error');
    const recipient = addressed(given, current, options.postmaster);
    const admission = current.state === 'rcpt' ? admitAlso(current, recipient) : admitFor(recipient);
    if ('refused' in admission) return refuse(admission.refused, admission.domainId);
    const { domain, policy } = admission;
    const { sender } = current;
    const { declaredSize } = sender;
    if (!hasImmediate(policy, declaredSize)) return take(recipient, domain, policy);
    const envelope = envelopeFor(sender, [recipient]);
    return refusedAtOnce(context, connection, { envelope, declaredSize, domain, policy }).then((reason) =>
      reason === undefined ? take(recipient, domain, policy) : refuse(reason, domain.domainId),
    );
  }

  const admitFor = (recipient: string) =>
    admitDomain(recipientDomain(recipient), ports.replica, ports.clock.now());

  /** A further recipient: of the domain that the transaction is pinned to, or for another time. */
  function admitAlso(current: AddressedTransaction, recipient: string): Admission {
    const { domain, policy, recipients } = current;
    const { domainId } = domain;
    if (recipientDomain(recipient) !== domain.name) {
      const other = admitFor(recipient);
      return 'refused' in other ? other : { refused: 'another-domain', domainId };
    }
    const isFull = recipients.length >= options.maxRecipients && !isNamed(recipients, recipient);
    return isFull ? { refused: 'too-many-recipients', domainId } : { domain, policy };
  }

  async function data(message: SmtpMessage, decided?: () => void): Promise<SmtpReply> {
    const current = transaction;
    transaction = noTransaction;
    if (current.state !== 'rcpt') return plainReply('local-error');
    const { domainId } = current.domain;
    connection.sentMail();
    if (message.status !== 'complete') return refuse(unreadReasons[message.status], domainId);
    const envelope = envelopeFor(current.sender, current.recipients);
    try {
      const { raw } = message;
      const edge = connection.view(current.domain);
      const mail = { transaction: current, hello, envelope, raw, edge, decided };
      const { reason, reply, isKept } = await decideMail(context, mail);
      if (!isKept) refusals.add(ports.clock.now(), { reason, code: reply.code, domainId });
      return reply;
    } catch (error) {
      options.onError?.(error);
      return refuse('local-error', domainId);
    }
  }

  const greeting: SmtpReply = { code: 220, text: `${options.hostname} ESMTP Sluice` };

  return {
    connect({ earlyTalker }) {
      isEarly ||= earlyTalker;
      const admitted = connection.admit();
      const answer = (reason: string | undefined) => (reason === undefined ? greeting : refuse(reason));
      return admitted instanceof Promise ? admitted.then(answer) : answer(admitted);
    },
    talkedEarly() {
      isEarly = true;
    },
    ...(connection.watchesConduct
      ? {
          misused: async (what) => {
            const reason = await connection.misused(what);
            return reason === undefined ? undefined : refuse(reason);
          },
        }
      : {}),
    helo(said) {
      hello = said;
      transaction = noTransaction;
      return helloOk;
    },
    mail(sender) {
      if ((sender.declaredSize ?? 0) > options.maxMessageBytes) return refuse('too-large');
      if (options.hasRoom?.() === false) return refuse('no-room');
      transaction = { state: 'mail', sender };
      return senderOk;
    },
    rcpt,
    data,
    reset() {
      transaction = noTransaction;
    },
    close() {
      connection.close();
      transaction = noTransaction;
    },
  };
}

/** `<postmaster>` without a domain is that of the transaction's domain, else the operator's (RFC 5321 §4.5.1). */
function addressed(given: string, transaction: Transaction, postmaster: string | undefined): string {
  if (given.includes('@')) return given;
  return transaction.state === 'rcpt' ? `${given}@${transaction.domain.name}` : (postmaster ?? given);
}
