/** The DMARC scans of rspamd's functional tests, with their zone, through our checks spf, dkim and dmarc and the judge. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createObservations, defaultObservationDeadlines } from '@sluice/core/checks/observations.ts';
import { defaultGatherDeadlines, gatherPhase } from '@sluice/core/checks/gather.ts';
import { judge, type MailFacts } from '@sluice/core/judge/judge.ts';
import type { CheckPolicy, Policy } from '@sluice/core/policy/policy.ts';
import { createDeadline } from '@sluice/dns';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { asReceived, corpusMissing } from '../support/corpus.ts';
import { createZoneResolver, type ZoneName } from '../support/zone-resolver.ts';
import { rspamdCases, rspamdMessage, rspamdZone, type RspamdCase } from './rspamd-suite.ts';

/** What rspamd's symbols are for us. `pass`: proven; a policy: unproven, and this is what the author domain asks for. */
const outcomes = {
  DMARC_POLICY_ALLOW: 'pass',
  DMARC_POLICY_REJECT: 'reject',
  DMARC_POLICY_QUARANTINE: 'quarantine',
  DMARC_POLICY_SOFTFAIL: 'none',
  DMARC_DNSFAIL: 'error',
  DMARC_NA: 'no record',
} as const;

const parentOfNone =
  'RFC 9989 §4.10.2: the parent publishes nothing, so the subdomain with a record is an organisation of its own; rspamd goes by the public suffix list of RFC 7489';
/** Cases in which we answer otherwise, with our answer and the reason. May only become shorter. */
const differences: Readonly<Record<string, readonly [answer: string, reason: string]>> = {
  'DMARC PCT ZERO REJECT': ['reject', 'RFC 9989 has no pct any more: the published policy stands'],
  'DMARC PCT ZERO SP QUARANTINE': ['quarantine', 'RFC 9989 has no pct any more: the published policy stands'],
  'DMARC SUBDOMAIN PASS DKIM RELAXED ALIGNMENT': ['reject', parentOfNone],
  'DMARC SUBDOMAIN PASS SPF RELAXED ALIGNMENT': ['reject', parentOfNone],
};

describe.skipIf(corpusMissing)('DMARC as rspamd tests it (needs the test corpus)', () => {
  const cases = corpusMissing ? [] : rspamdCases('115_dmarc.robot');
  const inspector = createMessageInspector();
  const zone: Record<string, ZoneName> = {};

  beforeAll(() => Object.assign(zone, rspamdZone()));
  afterAll(() => inspector.close());

  it('has 18 cases', () => {
    expect(cases).toHaveLength(18);
  });

  it.each(cases)('$case', async ({ case: name, file, params, expect: symbols }) => {
    const stated = outcomes[symbols[0]![1] as keyof typeof outcomes];
    const facts = await gather(file, params);
    const answer = outcomeOf(facts);
    expect(answer).toBe(differences[name]?.[0] ?? stated);
    expect(answer === stated).toBe(!(name in differences));
  });

  /** Where a case gives no client or sender, rspamd was given none: then a stranger and the null sender. */
  async function gather(file: string, params: RspamdCase['params']): Promise<MailFacts> {
    const envelope = {
      ip: params.IP ?? '203.0.113.77',
      helo: params.Helo ?? 'client.test',
      sender: params.From ?? '',
      recipients: ['somebody@here.test'],
    };
    const resolver = createZoneResolver(zone);
    const observed = createObservations({
      envelope,
      raw: asReceived(rspamdMessage(file)),
      ports: { resolver, authenticator: createMailAuthenticator(resolver), inspector, scanner: undefined },
      deadlines: defaultObservationDeadlines,
      textLimit: 1_000,
    });
    const receivedAt = '2026-11-22T12:00:00.000Z';
    const gathered = await gatherPhase({
      phases: ['mail', 'data'],
      policy: policyHonouring('reject'),
      envelope,
      receivedAt,
      observed,
      resolver,
      deadline: createDeadline(),
      deadlines: defaultGatherDeadlines,
    });
    return { envelope, receivedAt, ...gathered };
  }
});

/** The same facts under three policies: the published one is that under which the mail is refused. */
function outcomeOf(facts: MailFacts): string {
  const honoured = (['none', 'quarantine', 'reject'] as const).filter(
    (policy) => judge(facts, policyHonouring(policy)).verdict === 'reject',
  );
  if (honoured.length > 0) return honoured.join(' and ');
  const { result } = judge(facts, policyHonouring('reject')).recipients[0]!.findings.find(
    ({ check }) => check === 'dmarc',
  )!;
  return result === 'none' ? 'no record' : result;
}

function policyHonouring(honoured: 'none' | 'quarantine' | 'reject'): Policy {
  const check = (mode: CheckPolicy['mode'], settings = {}): CheckPolicy => ({
    mode,
    weight: 1,
    onError: 'ignore',
    exempt: [],
    settings,
  });
  return {
    revision: 1,
    checks: {
      spf: check('observe'),
      dkim: check('observe'),
      dmarc: check('reject', { honour: [honoured] }),
    },
    thresholds: { tag: 5, hold: 10, reject: 20 },
    lists: [],
    serviceLists: [],
  };
}
