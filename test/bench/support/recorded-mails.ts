/** Decisions for the bench of replay: a domain with recorded mails of many checks, sealed and chained as an edge does it. */
import { decisionFormats, decisionsStream, type MailJudged } from '@sluice/core/decision/mail-judged.ts';
import { checkBits } from '@sluice/core/decision/mail-judged.ts';
import { domainFormats, domainKeyId, domainStream, type DomainEvents } from '@sluice/core/domain/domain.ts';
import { engineVersion } from '@sluice/core/judge/judge.ts';
import { emptyChain, linkHash, nextLink } from '@sluice/core/kernel/chain.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { createEventCodec } from '@sluice/core/kernel/event-codec.ts';
import { eventId } from '@sluice/core/kernel/hash.ts';
import { currentEdition } from '@sluice/core/policy/presets.ts';
import { judgeAgain, policyAt } from '@sluice/core/replay/judge-again.ts';
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

const metadata = (domainId: string, at: string) => ({
  actor: { kind: 'edge' as const, id: 'mx1' },
  at,
  correlationId: domainId,
  accountId: '0193a000-0000-7000-8000-00000000000a',
  domainId,
  edge: 'mx1',
});

/** Fills the log; the key of the domain has to exist. */
export async function recordMails(log: DecisionLog, domainId: string, count: number): Promise<void> {
  const { store, vault } = log;
  const keyId = domainKeyId(domainId);
  const domains = createEventCodec<DomainEvents>(domainFormats, vault);
  const decisions = createEventCodec<MailJudged>(decisionFormats, vault);
  const at = '2026-11-22T10:00:01.000Z';
  const append = async (stream: string, events: readonly NewEvent[]): Promise<void> => {
    const appended = await store.append(stream, events, 'any');
    if (!appended.ok) throw new Error(`append: ${appended.error.code}`);
  };
  for (const [index, event] of settings.entries()) {
    const id = eventId(domainId, index);
    const encoded = await domains.encode(event, { id, keyId, metadata: metadata(domainId, at) });
    if (!encoded.ok) throw new Error(encoded.error.code);
    await append(domainStream(domainId), [encoded.value]);
  }
  const policies = policyAt(settings);
  const ids = createIds();
  let head = emptyChain;
  let batch: NewEvent[] = [];
  for (let number = 0; number < count; number += 1) {
    const mailId = ids.next();
    const data = decisionOf(number, mailId, policies);
    const id = eventId(mailId, 'judged', 1);
    const encoded = await decisions.encode(
      { type: 'MailJudged', data },
      { id, keyId, metadata: metadata(domainId, at) },
    );
    if (!encoded.ok) throw new Error(encoded.error.code);
    const chain = nextLink('mx1', head);
    const event = { ...encoded.value, data: { ...encoded.value.data, chain: { ...chain } } };
    head = { counter: chain.counter, hash: linkHash(event) };
    batch.push(event);
    if (batch.length < 500 && number < count - 1) continue;
    await append(decisionsStream(domainId), batch);
    batch = [];
  }
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
  const { verdict, reason, score, recipients } = judgeAgain(
    { envelope, facts, ran },
    policy,
    '2026-11-22T10:00:01.000Z',
  );
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
