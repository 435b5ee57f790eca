/** For tests of replay: recorded decisions made of an envelope and facts, judged as an edge would have judged them. */
import type { Gathered } from '../checks/check.ts';
import { checkBits, type MailJudgedData } from '../decision/mail-judged.ts';
import type { DomainDetails } from '../domain/domain.ts';
import { judge, type MailFacts } from '../judge/judge.ts';
import type { Policy } from '../policy/policy.ts';
import type { RecordedDecision } from './read-decisions.ts';

export const domainDetails = (some: Partial<DomainDetails> = {}): DomainDetails => ({
  status: 'active',
  name: 'here.example',
  accountId: 'account',
  preset: 'balanced',
  edition: 1,
  route: [],
  overrides: {},
  lists: [],
  proven: true,
  ...some,
});

export const softfail: Gathered<unknown> = {
  status: 'observed',
  fact: { result: 'softfail', domain: 'sender.example', identity: 'mailfrom' },
};

export const spfFail: Gathered<unknown> = {
  status: 'observed',
  fact: { result: 'fail', domain: 'sender.example', identity: 'mailfrom' },
};

/** The client is listed by these zones, and not by the others that were asked. */
export const dnsblFact = (listed: readonly string[], others: readonly string[] = []): Gathered<unknown> => ({
  status: 'observed',
  fact: {
    ip: '192.0.2.10',
    zones: [
      ...listed.map((zone) => ({
        zone,
        question: `10.2.0.192.${zone}`,
        answer: { status: 'found', records: ['127.0.0.2'], ttl: 60 },
      })),
      ...others.map((zone) => ({ zone, question: `10.2.0.192.${zone}`, answer: { status: 'none' } })),
    ],
  },
});

let count = 0;

export interface TestDecision {
  readonly facts: Readonly<Record<string, Gathered<unknown>>>;
  /** Default: those of the facts. */
  readonly ran?: readonly string[];
  readonly envelope?: Partial<MailFacts['envelope']>;
  readonly at?: string;
}

/** As an edge records it under a policy. */
export function decisionUnder(policy: Policy, mail: TestDecision): RecordedDecision {
  count += 1;
  const { facts, ran = Object.keys(facts), at = '2026-11-22T12:00:00.000Z' } = mail;
  const envelope = {
    ip: '192.0.2.10',
    helo: 'mx.sender.example',
    sender: 'alice@sender.example',
    recipients: ['bob@here.example'],
    ...mail.envelope,
  };
  const { verdict, reason, score, recipients } = judge({ envelope, receivedAt: at, ran, facts }, policy);
  const data: MailJudgedData = {
    mailId: `mail-${count}`,
    verdict,
    reason,
    score,
    policyRevision: policy.revision,
    replicaAgeMs: 0,
    engine: 1,
    ran: checkBits(ran),
    failed: '0',
    size: 100,
    sha256: '',
    kept: verdict === 'reject' || verdict === 'hold',
    outcomes: recipients.map((one) => ({ verdict: one.verdict, reason: one.reason })),
    chain: { edge: 'mx1', counter: count, previous: '' },
    envelope,
    facts,
    summary: { subject: 'Hello', from: 'Alice', messageId: '', attachmentNames: [], excerpt: '' },
  };
  const metadata = { schemaVersion: 1, actor: { kind: 'edge', id: 'mx1' } as const, at, correlationId: '' };
  return {
    position: BigInt(count),
    revision: count,
    mailId: data.mailId,
    at,
    data,
    erased: false,
    recorded: {
      id: '',
      type: 'MailJudged',
      data: {},
      metadata,
      stream: '',
      revision: count,
      position: BigInt(count),
      recordedAt: at,
    },
  };
}
