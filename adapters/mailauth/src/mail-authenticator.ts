/** The MailAuthenticator port by mailauth in its strict mode, which follows the RFCs to the letter. */
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { spf } from 'mailauth/lib/spf/index.js';
import type {
  ArcObservation,
  DkimSignature,
  MailAuthenticator,
  SpfObservation,
  SpfResult,
} from '@sluice/core/ports/mail-authenticator.ts';
import type { Resolver } from '@sluice/core/ports/resolver.ts';
import { toArcObservation } from './arc-chain.ts';
import { createDnsQuestion, type DnsQuestion } from './dns-question.ts';
import { toSignature, unverified } from './signature.ts';

export interface MailAuthenticatorOptions {
  /** The time at which signatures must be valid (x= of RFC 6376 §3.5); now, if not given. */
  readonly now?: () => Date;
}

/** RFC 7208 §4.6.4 bounds an SPF evaluation by itself to about 111 questions (10 terms, each MX with 10 addresses). */
const maxSpfQuestions = 120;
/** The keys of signatures and seals together. */
const maxDkimQuestions = 30;

export function createMailAuthenticator(
  resolver: Resolver,
  { now = () => new Date() }: MailAuthenticatorOptions = {},
): MailAuthenticator {
  /** Signatures and seals need the same hashes and keys: one reading serves both questions. */
  const verifications = new WeakMap<Uint8Array, Verification>();

  function verify(raw: Uint8Array, deadlineMs: number): Verification {
    const known = verifications.get(raw);
    if (known !== undefined) return known;
    const question = createDnsQuestion(resolver, { deadlineMs, maxQuestions: maxDkimQuestions });
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    const verifying = dkimVerify(bytes, { resolver: question.ask, strict: true, curTime: now() });
    const verification = { question, verified: within(verifying, deadlineMs) };
    verifications.set(raw, verification);
    return verification;
  }

  return {
    async spf({ ip, helo, sender, deadlineMs }) {
      const { ask } = createDnsQuestion(resolver, { deadlineMs, maxQuestions: maxSpfQuestions });
      const checked = await spf({
        ip,
        helo,
        sender,
        mta: receiver,
        resolver: ask,
        strict: true,
        maxElapsedTime: deadlineMs,
      });
      return toObservation(checked);
    },

    async dkim(raw, deadlineMs) {
      if (!mayBeSigned(raw)) return [];
      const verified = await verify(raw, deadlineMs).verified;
      return verified === undefined ? [unverified] : signaturesOf(verified.results);
    },

    async arc(raw, deadlineMs) {
      if (!mayBeSigned(raw)) return { result: 'none', sets: [] };
      const { question, verified } = verify(raw, deadlineMs);
      const done = await verified;
      const unknown: ArcObservation = { result: 'temperror', sets: [] };
      if (done === undefined) return unknown;
      return (await within(toArcObservation(done.arc, question), deadlineMs)) ?? unknown;
    },
  };
}

/** A line of the header that a signature or a set of ARC may begin with. */
const signatureLine = /^[ \t]*(?:dkim-signature|arc-)/im;

/** Most mails that are not signed need no reading: the library would take them apart and hash them all the same. */
function mayBeSigned(raw: Uint8Array): boolean {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const ends = [bytes.indexOf('\r\n\r\n'), bytes.indexOf('\n\n')].filter((at) => at >= 0);
  // Whichever comes last: rather too much than too little.
  const end = ends.length === 0 ? bytes.length : Math.max(...ends);
  return signatureLine.test(bytes.toString('latin1', 0, end));
}

/** What macros call the receiver where it does not say its name (RFC 7208 §7.3). */
const receiver = 'unknown';

type SpfChecked = Awaited<ReturnType<typeof spf>>;

function toObservation(checked: SpfChecked): SpfObservation {
  const result = checked.status.result as SpfResult;
  const reason = result.endsWith('error') ? reasonOf(checked) : '';
  return {
    result,
    domain: checked.domain,
    ...(checked.rr === undefined ? {} : { record: checked.rr }),
    ...(reason === '' ? {} : { comment: reason }),
  };
}

/** The library's reason stands behind a fixed sentence that ends in the sender. */
function reasonOf(checked: SpfChecked): string {
  const comment = checked.status.comment ?? '';
  const sender = checked['envelope-from'] ?? '';
  const at = sender === '' ? -1 : comment.indexOf(`${sender}: `);
  return at < 0 ? '' : comment.slice(at + sender.length + 2);
}

interface Verification {
  readonly question: DnsQuestion;
  /** Undefined where it could not be done in time. */
  readonly verified: Promise<Awaited<ReturnType<typeof dkimVerify>> | undefined>;
}

type Verified = Awaited<ReturnType<typeof dkimVerify>>['results'];

/** mailauth reports an unsigned mail as one result `none`. */
const signaturesOf = (results: Verified): readonly DkimSignature[] =>
  results.filter(({ status }) => status.result !== 'none').map(toSignature);

/** Undefined once the time is up, or if the library broke: nobody knows then. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: expired, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([promise.catch(() => undefined), expired]);
  } finally {
    clearTimeout(timer);
  }
}
