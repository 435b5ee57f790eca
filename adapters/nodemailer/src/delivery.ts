/** Delivery over SMTP: tries the hosts of a route in order, reuses sessions, and never sends a mail twice in one attempt. */
import type { SecureContextOptions } from 'node:tls';
import type { Delivery, DeliveryRequest, RecipientOutcome, RouteHost } from '@sluice/core/ports/delivery.ts';
import { messageStream, needsOf, type MessageNeeds } from './message.ts';
import { allOutcomes, outcomesOf } from './outcomes.ts';
import { createSessionPool, type SessionPool } from './pool.ts';
import { type Lookup, systemLookup } from './resolve.ts';
import { openSession, type Session, type SessionError } from './session.ts';

export interface DeliveryOptions {
  readonly tls?: {
    /** Trusted instead of the well-known authorities, for routes that demand TLS. */
    readonly ca?: SecureContextOptions['ca'];
  };
  /** Instead of the names of the system. */
  readonly lookUp?: Lookup;
}

export interface ClosableDelivery extends Delivery {
  /** Ends idle sessions; later deliveries get a session each. */
  close(): void;
}

/** Longest wait for a host to be ready for the first command, so that the next one gets its turn. */
const connectMs = 30_000;

/**
 * What may differ between the bytes given and the bytes delivered: a bare LF or CR becomes CRLF and a missing last line end
 * is added, because SMTP has no other line ends (RFC 5321 §2.3.8) and passing them on would let others smuggle mails. Mail
 * with bytes above 127 is sent as it is even to a host without 8BITMIME.
 */
export function createDelivery(options: DeliveryOptions = {}): ClosableDelivery {
  const pool = createSessionPool();
  return {
    async deliver(request) {
      const sendable = request.recipients.filter(isSendable);
      const outcomes =
        isSendable(request.sender) || request.sender === ''
          ? await deliverTo({ ...request, recipients: sendable }, pool, options)
          : allOutcomes(sendable, unsendable);
      const byRecipient = new Map(outcomes.map((outcome) => [outcome.recipient, outcome]));
      return request.recipients.map(
        (recipient) => byRecipient.get(recipient) ?? { recipient, ...unsendable },
      );
    },
    close: () => pool.close(),
  };
}

/** nodemailer gives up a whole mail for one such address. */
const isSendable = (address: string): boolean => address !== '' && !/[\r\n<>]/.test(address);
const unsendable = {
  outcome: 'failed',
  code: 0,
  response: '5.1.3 this address cannot be written in SMTP',
  host: '',
} as const;

async function deliverTo(
  request: DeliveryRequest,
  pool: SessionPool,
  options: DeliveryOptions,
): Promise<readonly RecipientOutcome[]> {
  if (request.recipients.length === 0) return [];
  const end = performance.now() + request.deadlineMs;
  const needs = needsOf(request);
  const silent: Silence[] = [];
  for (const [index, host] of request.hosts.entries()) {
    const trial = { request, host, needs, pool, options, end, hostsLeft: request.hosts.length - index };
    const result = await tryHost(trial);
    if ('outcomes' in result) return result.outcomes;
    silent.push({ host, error: result.error });
    if (performance.now() >= end) break;
  }
  return allOutcomes(request.recipients, unanswered(request, silent));
}

interface Silence {
  readonly host: RouteHost;
  readonly error: SessionError;
}

/** What no host of the route took, in the words of all of them. */
function unanswered(
  { hosts }: DeliveryRequest,
  silent: readonly Silence[],
): Omit<RecipientOutcome, 'recipient'> {
  const said = silent.map(({ host, error }) => `${nameOf(host)}: ${error.response ?? error.message}`);
  // Trying again would lead to the same place: somebody has to set another route.
  const forbidden = silent.filter(({ error }) => error.code === 'EFORBIDDEN');
  const isHopeless = hosts.length > 0 && forbidden.length === hosts.length;
  return {
    outcome: isHopeless ? 'failed' : 'deferred',
    code: silent.at(-1)?.error.responseCode ?? 0,
    response: said.length === 0 ? 'the route has no host' : said.join('; '),
    host: '',
  };
}

interface Trial {
  readonly request: DeliveryRequest;
  readonly host: RouteHost;
  readonly needs: MessageNeeds;
  readonly pool: SessionPool;
  readonly options: DeliveryOptions;
  /** Monotonic ms at which all has to be over. */
  readonly end: number;
  readonly hostsLeft: number;
}

type Tried = { readonly outcomes: readonly RecipientOutcome[] } | { readonly error: SessionError };

/** On a session kept from before, else on a new one. */
async function tryHost(trial: Trial): Promise<Tried> {
  for (;;) {
    const kept = trial.pool.take(keyOf(trial));
    if (kept === undefined) break;
    const tried = await transact(trial, kept, true);
    if (tried !== 'stale') return tried;
  }
  const session = await connect(trial);
  if (!('send' in session)) return { error: session };
  const tried = await transact(trial, session, false);
  return tried === 'stale' ? { error: gone } : tried;
}

async function connect(trial: Trial): Promise<Session | SessionError> {
  const { host, options, request } = trial;
  const open = (withoutTls: boolean): Promise<Session | SessionError> => {
    const left = trial.end - performance.now();
    const deadlineMs = Math.max(Math.min(connectMs, left / trial.hostsLeft), 1);
    const { helo, mayBePrivate } = request;
    const lookUp = options.lookUp ?? systemLookup;
    const ca = options.tls?.ca;
    return openSession({ host, helo, mayBePrivate, lookUp, ca, withoutTls, deadlineMs });
  };
  const session = await open(false);
  const isFallback = 'isTls' in session && session.isTls && host.tls === 'opportunistic';
  return isFallback ? open(true) : session;
}

/** One transaction; `stale` if the host had closed a kept session, so that nothing was sent. */
async function transact(trial: Trial, session: Session, isKept: boolean): Promise<Tried | 'stale'> {
  const { request, needs, host } = trial;
  if (needs.smtpUtf8 && !session.offersSmtpUtf8) {
    trial.pool.giveBack(keyOf(trial), session);
    const response = '5.6.7 the host does not offer SMTPUTF8, which this mail needs';
    return {
      outcomes: allOutcomes(request.recipients, { outcome: 'failed', code: 0, response, host: nameOf(host) }),
    };
  }
  let dataBegan = false;
  const sent = await session.send(
    {
      from: request.sender,
      to: request.recipients,
      size: needs.size,
      use8BitMime: needs.eightBit,
      smtpUtf8: needs.smtpUtf8,
    },
    messageStream(request, () => (dataBegan = true)),
    trial.end - performance.now(),
  );
  // Only a transaction that ended well leaves the session in a state that is known (RFC 5321 §4.1.1.4).
  if (sent.error === undefined) trial.pool.giveBack(keyOf(trial), session);
  else session.quit();
  // Nothing of the mail has left us: another session, or another host, may have it.
  if (sent.error !== undefined && !dataBegan) {
    const isClosing = sent.error.responseCode === 421;
    if (isKept && (isClosing || isLost(sent.error))) return 'stale';
    if (isLost(sent.error)) return { error: sent.error };
  }
  return { outcomes: outcomesOf(request.recipients, sent, { host: nameOf(host), dataBegan }) };
}

/** The session ended, or went silent, before a reply. */
const isLost = (error: SessionError): boolean =>
  error.response === undefined && error.code !== 'EMESSAGE' && error.code !== 'EENVELOPE';

const gone: SessionError = {
  message: 'the host closed the connection',
  response: undefined,
  responseCode: 0,
  code: 'ECONNECTION',
  isTls: false,
  command: '',
};

const nameOf = ({ host, port }: RouteHost): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
/** What was opened for the operator's route is not for that of a customer. */
const keyOf = ({ host, request: { helo, mayBePrivate } }: Trial): string =>
  `${nameOf(host)} ${host.tls} ${helo} ${mayBePrivate}`;
