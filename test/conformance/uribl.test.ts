/** The URIBL scans of rspamd's functional tests, with their zone, through our inspector and the check uribl. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkNamed } from '@sluice/core/checks/registry.ts';
import { createObservations, defaultObservationDeadlines } from '@sluice/core/checks/observations.ts';
import { defaultGatherDeadlines, gatherPhase } from '@sluice/core/checks/gather.ts';
import { judge } from '@sluice/core/judge/judge.ts';
import type { Policy } from '@sluice/core/policy/policy.ts';
import { createDeadline } from '@sluice/dns';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { asReceived, corpusMissing } from '../support/corpus.ts';
import { createZoneResolver, type ZoneName } from '../support/zone-resolver.ts';
import { rspamdCases, rspamdMessage, rspamdZone } from './rspamd-suite.ts';

/** rspamd's symbols as zones, answers and kinds of ours. */
const symbols: Readonly<
  Record<string, { readonly zone: string; readonly codes: string[]; readonly of?: 'address' }>
> = {
  DBL_SPAM: { zone: 'test2.uribl', codes: ['127.0.1.2'] },
  DBL_PHISH: { zone: 'test2.uribl', codes: ['127.0.1.4'] },
  URIBL_BLACK: { zone: 'test3.uribl', codes: ['127.0.0.&2'] },
  URIBL_GREY: { zone: 'test3.uribl', codes: ['127.0.0.&4'] },
  URIBL_RED: { zone: 'test3.uribl', codes: ['127.0.0.&8'] },
  URIBL_SBL: { zone: 'test4.uribl', codes: ['127.0.0.2'], of: 'address' },
  URIBL_SBL_CSS: { zone: 'test4.uribl', codes: ['127.0.0.3'], of: 'address' },
  URIBL_XBL: { zone: 'test4.uribl', codes: ['127.0.0.4-7'], of: 'address' },
  URIBL_PBL: { zone: 'test4.uribl', codes: ['127.0.0.10-11'], of: 'address' },
};

/** Symbols of rspamd that have no counterpart here, with the reason. May only become fewer. */
const unknownHere: Readonly<Record<string, string>> = {
  RSPAMD_URIBL: 'a zone of rspamd of its own, asked by hashes',
  RSPAMD_URIBL_IMAGES: 'the same, for the sources of pictures: they are no links',
  RSPAMD_EMAILBL_FULL: 'a list of addresses: the check rhsbl is about senders',
  RSPAMD_EMAILBL_DOMAINONLY: 'a list of the domains of addresses in the text, likewise',
  BAD_SUBDOMAIN:
    'rspamd is told there, domain by domain, how many labels to ask about; we ask about what is registered',
};

/** Cases in which we answer otherwise, with the reason. May only become shorter. */
const differences: Readonly<Record<string, string>> = {
  'SURBL @example.com mail text: DBL_SPAM':
    'an address in plain text is no link: it is answered, if at all, by a mail that names it',
};

describe.skipIf(corpusMissing)('URIBL as rspamd tests it (needs the test corpus)', () => {
  const cases = corpusMissing ? [] : rspamdCases('340_surbl.robot');
  const inspector = createMessageInspector();
  const zone: Record<string, ZoneName> = {};

  beforeAll(() => Object.assign(zone, rspamdZone()));
  afterAll(() => inspector.close());

  it('has 24 cases', () => {
    expect(cases).toHaveLength(24);
  });

  it.each(cases)('$case', async ({ case: name, file, expect: expectations }) => {
    for (const [assertion = '', symbol = ''] of expectations) {
      if (symbol in unknownHere) continue;
      const isStated = assertion.startsWith('Expect');
      const isFound = await isListed(file, symbol);
      expect(isFound === isStated, symbol).toBe(!(`${name}: ${symbol}` in differences));
    }
  });

  async function isListed(file: string, symbol: string): Promise<boolean> {
    const listed = symbols[symbol];
    if (listed === undefined) throw new Error(`${symbol} is not known`);
    const resolver = createZoneResolver(zone);
    const envelope = {
      ip: '203.0.113.77',
      helo: 'client.test',
      sender: '',
      recipients: ['somebody@here.test'],
    };
    const receivedAt = '2026-11-22T12:00:00.000Z';
    const observed = createObservations({
      envelope,
      raw: asReceived(rspamdMessage(file)),
      ports: { resolver, authenticator: createMailAuthenticator(resolver), inspector, scanner: undefined },
      deadlines: defaultObservationDeadlines,
      textLimit: 1_000,
      content: true,
    });
    const policy = policyAsking({ of: 'domain', points: 1, ...listed });
    const gathered = await gatherPhase({
      phases: ['data'],
      policy,
      envelope,
      receivedAt,
      observed,
      resolver,
      deadline: createDeadline(),
      deadlines: defaultGatherDeadlines,
    });
    return judge({ envelope, receivedAt, ...gathered }, policy).verdict === 'reject';
  }
});

/** rspamd's configuration for the suite has an exception too. */
function policyAsking(zone: object): Policy {
  const settings = {
    zones: [zone],
    mismatch: 0,
    lookalike: 0,
    shortener: 0,
    address: 0,
    threshold: 0.5,
    ignore: ['rspamd-test.com'],
  };
  return {
    revision: 1,
    checks: {
      [checkNamed('uribl')?.name ?? '']: {
        mode: 'reject',
        weight: 1,
        onError: 'ignore',
        exempt: [],
        settings: JSON.parse(JSON.stringify(settings)),
      },
    },
    thresholds: { tag: 5, hold: 10, reject: 20 },
    lists: [],
    serviceLists: [],
  };
}
