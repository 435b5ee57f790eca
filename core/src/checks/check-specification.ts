/** For tests of checks: runs one check on a mail that is written down as data, and says what it concludes. */
import { readHeader } from '../message/header-view.ts';
import type { ArcObservation, DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import type { DnsAnswer, Resolver } from '../ports/resolver.ts';
import type { EngineAnswer } from '../ports/external-engine.ts';
import type { ScanResult } from '../ports/virus-scanner.ts';
import type {
  AnyCheck,
  Conclusion,
  Envelope,
  Gathered,
  GatherInput,
  JudgeView,
  Observations,
} from './check.ts';
import { isPrivateClient } from './client-address.ts';
import type { EdgeView } from './edge-view.ts';
import type { OwnNames } from './own-names.ts';

export interface Circumstances {
  readonly envelope?: Partial<Envelope>;
  readonly settings?: object;
  /** By `TYPE name`; a question that is missing has the answer `no-name`, a string is the message of a failure. */
  readonly dns?: Readonly<Record<string, readonly string[] | string>>;
  readonly spf?: SpfObservation;
  readonly dkim?: readonly DkimSignature[];
  readonly arc?: ArcObservation;
  readonly message?: Partial<InspectedMessage>;
  readonly engine?: EngineAnswer;
  readonly scan?: ScanResult;
  /** The mail itself, where its header is counted. */
  readonly raw?: string;
  readonly view?: Partial<JudgeView>;
  readonly own?: OwnNames;
  readonly edge?: EdgeView;
}

export const envelopeOf = (some: Partial<Envelope> = {}): Envelope => ({
  ip: '192.0.2.10',
  helo: 'mx.sender.example',
  sender: 'alice@sender.example',
  recipients: ['bob@here.example'],
  ...some,
});

export const messageOf = (some: Partial<InspectedMessage> = {}): InspectedMessage => ({
  headers: [
    { name: 'From', value: 'Alice <alice@sender.example>' },
    { name: 'Date', value: 'Sun, 22 Nov 2026 12:00:00 +0000' },
  ],
  subject: 'Hello',
  from: [{ name: 'Alice', address: 'alice@sender.example' }],
  to: [{ name: '', address: 'bob@here.example' }],
  messageId: '<1@sender.example>',
  parts: [],
  text: 'Hello',
  links: [],
  html: undefined,
  structure: 'text/plain',
  anomalies: [],
  ...some,
});

export const viewOf = (some: Partial<JudgeView> = {}): JudgeView => ({
  envelope: envelopeOf(),
  recipient: 'bob@here.example',
  receivedAt: '2026-11-22T12:00:00.000Z',
  lists: { mailbox: [], domain: [], service: [] },
  spf: undefined,
  dkim: undefined,
  ...some,
});

export interface RecordingResolver extends Resolver {
  /** As `TYPE name`. */
  readonly questions: readonly string[];
}

export function resolverOf(dns: NonNullable<Circumstances['dns']>): RecordingResolver {
  const questions: string[] = [];
  return {
    questions,
    async resolve(name, type): Promise<DnsAnswer> {
      questions.push(`${type} ${name}`);
      const answer = dns[`${type} ${name}`];
      if (answer === undefined) return { status: 'no-name' };
      if (typeof answer === 'string') return { status: 'failed', message: answer };
      return answer.length === 0 ? { status: 'no-data' } : { status: 'found', records: answer };
    },
  };
}

const unasked = (): never => {
  throw new Error('this check was not expected to ask that');
};

export function observationsOf(some: Circumstances): Observations {
  return {
    spf: async () => some.spf ?? unasked(),
    dkim: async () => some.dkim ?? unasked(),
    arc: async () => some.arc ?? { result: 'none', sets: [] },
    message: async () => messageOf(some.message),
    engine: async () => some.engine,
    scan: async () => some.scan,
    header: () => readHeader(Buffer.from(some.raw ?? '')),
  };
}

/** What the check gathers. */
export function gathered(check: AnyCheck, some: Circumstances = {}): Promise<Gathered<unknown>> {
  const envelope = envelopeOf(some.envelope);
  const input: GatherInput = {
    envelope,
    observed: observationsOf(some),
    resolver: resolverOf(some.dns ?? {}),
    clientIsPrivate: isPrivateClient(envelope.ip),
    deadlineMs: 1_000,
    ...(some.own === undefined ? {} : { own: some.own }),
    ...(some.edge === undefined ? {} : { edge: some.edge }),
  };
  return check.gather(input, check.settings.parse(some.settings ?? {}));
}

/** What the check concludes from a fact that was observed. */
function judged(check: AnyCheck, fact: unknown, some: Circumstances = {}): Conclusion {
  const view = viewOf({ envelope: envelopeOf(some.envelope), ...some.view });
  return check.judge(fact, check.settings.parse(some.settings ?? {}), view);
}

/** Gathers and concludes, by way of JSON, as facts are stored. Whatever was not observed is an error of the test. */
export async function concluded(check: AnyCheck, some: Circumstances = {}): Promise<Conclusion> {
  const what = await gathered(check, some);
  if (what.status !== 'observed') throw new Error(`nothing observed: ${JSON.stringify(what)}`);
  return judged(check, JSON.parse(JSON.stringify(what.fact)), some);
}
