/** What a finding rests on, by name: the entry of a list, the record or the zone in DNS. */
import type { Gathered } from '../checks/check.ts';
import type { DmarcRecord } from '../dmarc/discover.ts';
import type { DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import type { Finding } from './verdict.ts';
import { listName } from './would-sentence.ts';

const most = 5;
const mostCharacters = 500;

/** Plain words without full stop, the most telling first; none where the sentence of the finding says it all. */
export function groundsOf(finding: Finding, gathered: Gathered<unknown> | undefined): readonly string[] {
  const { list, check, sources = [] } = finding;
  if (list !== undefined) return [`the entry ${list.pattern} on ${listName(list)}`];
  if (gathered?.status !== 'observed') return [];
  const read = Object.hasOwn(readers, check) ? readers[check] : undefined;
  const found = read === undefined ? [] : safely(() => read(gathered.fact, sources));
  return found.slice(0, most).map((one) => one.slice(0, mostCharacters));
}

/** Facts may have been recorded by another version of a check. */
function safely(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    return [];
  }
}

const zones = (_fact: unknown, sources: readonly string[]): readonly string[] =>
  sources.map((zone) => `the zone ${zone}`);

/** By the name of the check whose fact it is. */
const readers: Readonly<Record<string, (fact: unknown, sources: readonly string[]) => readonly string[]>> = {
  dnsbl: zones,
  rhsbl: zones,
  uribl: zones,
  spf(fact) {
    const { domain, record } = fact as SpfObservation;
    return [record === undefined ? `no SPF record at ${domain}` : `the TXT record of ${domain}: ${record}`];
  },
  dkim: (fact) =>
    (fact as { readonly signatures: readonly DkimSignature[] }).signatures.map(
      ({ selector, domain, result }) => `the key at ${selector}._domainkey.${domain}: ${result}`,
    ),
  dmarc(fact) {
    const { status, recordDomain, fromDomain, policy } = (fact as { readonly record: DmarcRecord }).record;
    return [
      status === 'found'
        ? `the TXT record of _dmarc.${recordDomain}: ${policy ?? 'no policy'}`
        : `no DMARC record for ${fromDomain}`,
    ];
  },
};
