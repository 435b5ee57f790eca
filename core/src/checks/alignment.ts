/**
 * Whether two domains are of one organisation, by the Public Suffix List: for judging, which asks nobody. DMARC itself
 * asks DNS (`core/src/dmarc/align.ts`).
 */
import { getDomain } from 'tldts';
import type { DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';

/** The organisational domain by the Public Suffix List, private suffixes included; the name itself where it has none. */
const organizationalDomain = (name: string): string =>
  getDomain(name, { allowPrivateDomains: true }) ?? name.toLowerCase();

export function isAligned(authenticated: string, author: string, mode: 'relaxed' | 'strict'): boolean {
  const a = authenticated.toLowerCase();
  const b = author.toLowerCase();
  if (a === '' || b === '') return false;
  return mode === 'strict' ? a === b : a === b || organizationalDomain(a) === organizationalDomain(b);
}

export const domainOf = (address: string): string =>
  address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Whether SPF or DKIM proves that the mail comes from the domain (relaxed alignment). */
export function isAuthenticated(
  domain: string,
  proof: { readonly spf: SpfObservation | undefined; readonly dkim: readonly DkimSignature[] | undefined },
): boolean {
  if (proof.spf?.result === 'pass' && isAligned(proof.spf.domain, domain, 'relaxed')) return true;
  return (proof.dkim ?? []).some((s) => s.result === 'pass' && isAligned(s.domain, domain, 'relaxed'));
}
