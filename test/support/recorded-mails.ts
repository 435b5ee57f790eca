/** Recorded mails of many checks, judged under settings of a domain, sealed and chained as an edge does it: for audit and replay. */
import {
  checkBits,
  decisionFormats,
  decisionsStream,
  type MailJudged,
} from '@sluice/core/decision/mail-judged.ts';
import { domainFormats, domainKeyId, domainStream, type DomainEvents } from '@sluice/core/domain/domain.ts';
import { engineVersion } from '@sluice/core/judge/judge.ts';
import { emptyChain, linkHash, nextLink } from '@sluice/core/kernel/chain.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import { eventId } from '@sluice/core/kernel/hash.ts';
import { currentEdition } from '@sluice/core/policy/presets.ts';
import { judgeAgain, policyAt } from '@sluice/core/replay/judge-again.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { DecisionLog } from '@sluice/core/replay/read-decisions.ts';
import { createIds } from '@sluice/node-crypto';

const observed = (fact: unknown) => ({ status: 'observed' as const, fact });

/** As those of a real mail from outside; one in seven is on a DNS list, one in eleven fails DMARC. */
function factsOf(number: number, ip: string) {
  const reversed = ip.split('.').toReversed().join('.');
  const zone = (name: string, records?: readonly string[]) => ({
    zone: name,
    question: `${reversed}.${name}`,
    answer: records === undefined ? { status: 'no-name' } : { status: 'found', records, ttl: 300 },
  });
  const isProven = number % 11 !== 0;
  return {
    'ip-list': observed({ ip }),
    fcrdns: observed({ ip, names: [{ name: `mail${number}.sender.example`, addresses: [ip] }] }),
    dnsbl: observed({
      ip,
      zones: [
        zone('zen.spamhaus.org', number % 7 === 0 ? ['127.0.0.4'] : undefined),
        zone('bl.spamcop.net'),
        zone('psbl.surriel.com'),
      ],
    }),
    'helo-syntax': observed({ helo: `mail${number}.sender.example` }),
    'sender-list': observed({ sender: `news-${number}@sender.example`, from: `news@sender.example` }),
    spf: observed({
      result: isProven ? 'pass' : 'softfail',
      domain: 'sender.example',
      record: 'v=spf1 include:_spf.sender.example ip4:192.0.2.0/24 ~all',
    }),
    'recipient-valid': observed({}),
    'header-required': observed({
      counts: { date: 1, from: 1, to: 1, subject: 1, 'message-id': 1, 'reply-to': 1 },
      date: 'Sun, 22 Nov 2026 10:00:00 +0000',
    }),
    'header-loop': observed({ hops: 2 + (number % 3) }),
    dkim: observed({
      signatures: [
        {
          result: isProven ? 'pass' : 'fail',
          domain: 'sender.example',
          selector: 's2026',
          algorithm: 'rsa-sha256',
          keyBits: 2048,
        },
      ],
    }),
    dmarc: observed({
      record: {
        fromDomain: 'sender.example',
        recordDomain: 'sender.example',
        policy: 'reject',
        organizationalDomain: 'sender.example',
        dkimAlignment: 'relaxed',
        spfAlignment: 'relaxed',
        status: 'found',
      },
      proofs: isProven ? [{ by: 'dkim', domain: 'sender.example', aligned: true }] : [],
    }),
    attachment: observed({
      files:
        number % 5 === 0
          ? [{ name: 'report.pdf', type: 'application/pdf', sniffed: 'application/pdf', encrypted: false }]
          : [],
    }),
    virus: { status: 'not-configured' as const },
  };
}

const settings: readonly DomainEvents[] = [
  {
    type: 'DomainAdded',
    data: {
      name: 'here.example',
      accountId: '0193a000-0000-7000-8000-00000000000a',
      preset: 'balanced',
      edition: currentEdition,
    },
  },
  { type: 'DomainProven', data: { by: 'operator' } },
  { type: 'CheckConfigured', data: { check: 'dnsbl', mode: 'score', weight: 4 } },
  {
    type: 'ListEntryAdded',
    data: { entry: { action: 'allow', pattern: '@friends.example', authenticated: true } },
  },
];

const metadata = (domainId: string, edge: string) => ({
  actor: { kind: 'edge' as const, id: edge },
  at: receivedAt,
  correlationId: domainId,
  accountId: '0193a000-0000-7000-8000-00000000000a',
  domainId,
  edge,
});

const receivedAt = '2026-11-22T10:00:01.000Z';

async function append(store: EventStore, stream: string, events: readonly NewEvent[]): Promise<void> {
  const appended = await store.append(stream, events, 'any');
  if (!appended.ok) throw new Error(`append: ${appended.error.code}`);
}

/** The settings under which they are judged; the key of the domain has to exist. */
export async function recordSettings({ store, vault }: DecisionLog, domainId: string): Promise<void> {
  const codec = createEventCodec<DomainEvents>(domainFormats, vault);
  const keyId = domainKeyId(domainId);
  for (const [index, event] of settings.entries()) {
    const id = eventId(domainId, index);
    const encoded = await codec.encode(event, { id, keyId, metadata: metadata(domainId, 'mx1') });
    if (!encoded.ok) throw new Error(encoded.error.code);
    await append(store, domainStream(domainId), [encoded.value]);
  }
}

export interface Recorder {
  /** The next decisions of the edge, not recorded yet. */
  decide(count: number): Promise<readonly NewEvent[]>;
  /** Puts decisions into the log. */
  record(events: readonly NewEvent[]): Promise<void>;
}

const appendedAtOnce = 500;

export function createRecorder(
  { store, vault }: DecisionLog,
  { domainId, edge }: { readonly domainId: string; readonly edge: string },
): Recorder {
  const codec = createEventCodec<MailJudged>(decisionFormats, vault);
  const policies = policyAt(settings);
  const ids = createIds();
  let head = emptyChain;
  let number = 0;

  const decide = async (): Promise<NewEvent> => {
    const mailId = ids.next();
    const data = decisionOf(number++, mailId, policies);
    const envelope = { id: eventId(mailId, 'judged', 1), keyId: domainKeyId(domainId) };
    const encoded = await codec.encode(
      { type: 'MailJudged', data },
      { ...envelope, metadata: metadata(domainId, edge) },
    );
    if (!encoded.ok) throw new Error(encoded.error.code);
    const chain = nextLink(edge, head);
    const event = { ...encoded.value, data: { ...encoded.value.data, chain: { ...chain } } };
    head = { counter: chain.counter, hash: linkHash(event) };
    return event;
  };

  return {
    async decide(count) {
      const events: NewEvent[] = [];
      for (let one = 0; one < count; one += 1) events.push(await decide());
      return events;
    },
    async record(events) {
      for (let from = 0; from < events.length; from += appendedAtOnce) {
        await append(store, decisionsStream(domainId), events.slice(from, from + appendedAtOnce));
      }
    },
  };
}

function decisionOf(number: number, mailId: string, policies: ReturnType<typeof policyAt>) {
  const ip = `198.51.100.${number % 250}`;
  const facts = factsOf(number, ip);
  const envelope = {
    ip,
    helo: `mail${number}.sender.example`,
    sender: `news-${number}@sender.example`,
    recipients: ['bob@here.example'],
    tls: 'TLSv1.3',
  };
  const ran = checkBits(Object.keys(facts));
  const policyRevision = settings.length - 1;
  const policy = policies(policyRevision);
  if (policy === undefined) throw new Error('the domain of the bench has no policy');
  const { verdict, reason, score, recipients } = judgeAgain({ envelope, facts, ran }, policy, receivedAt);
  const failed = recipients.flatMap(({ findings }) => findings.filter(({ result }) => result === 'fail'));
  return {
    mailId,
    verdict,
    reason,
    score,
    policyRevision,
    replicaAgeMs: 1_200,
    engine: engineVersion,
    ran,
    failed: checkBits(new Set(failed.map(({ check }) => check))),
    size: 11_000 + number,
    sha256: 'a'.repeat(64),
    kept: verdict === 'reject',
    outcomes: recipients.map((one) => ({ verdict: one.verdict, reason: one.reason })),
    chain: nextLink('mx1', emptyChain),
    envelope,
    facts,
    summary: {
      subject: `Offer number ${number} for you, and only this week`,
      from: 'News of Sender <news@sender.example>',
      messageId: `<${mailId}@sender.example>`,
      attachmentNames: [],
      excerpt: 'Dear reader, this week we have something for you that you have never seen before. '.repeat(3),
    },
  };
}
