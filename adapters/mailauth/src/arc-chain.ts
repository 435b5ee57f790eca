/** The ARC chain of a mail as mailauth finds it, in the words of the port. */
import type { ARCChainEntry, ARCData } from 'mailauth';
import { arc } from 'mailauth/lib/arc/index.js';
import type { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import type { ArcObservation, ArcSet } from '@sluice/core/ports/mail-authenticator.ts';
import type { DnsQuestion } from './dns-question.ts';

/** What verifying the signatures leaves behind for this: the sets, and the keys that were asked for. */
export type ChainData = NonNullable<Awaited<ReturnType<typeof dkimVerify>>['arc']>;

/** Sets that are told of, the newest. */
const maxSets = 5;

export async function toArcObservation(
  data: ChainData | undefined,
  question: DnsQuestion,
): Promise<ArcObservation> {
  if (data === undefined) return { result: 'none', sets: [] };
  const sets = (data.chain === false ? [] : (data.chain ?? [])).slice(-maxSets).map(toSet);
  const { status } = await arc(data as ARCData, { resolver: question.ask, strict: true });
  const result = resultOf(status.result);
  // For the RFC every failure is for good; for us one that DNS may take back is not.
  if (result === 'fail' && question.hasFailed()) return { result: 'temperror', sets };
  return result !== 'fail' || status.comment === undefined
    ? { result, sets }
    : { result, sets, comment: status.comment };
}

const resultOf = (text: string): 'none' | 'pass' | 'fail' =>
  text === 'pass' || text === 'none' ? text : 'fail';

function toSet(entry: ARCChainEntry): ArcSet {
  const results = record(record(entry['arc-authentication-results'])['parsed']);
  const spf = record(results['spf']);
  const dkim = Array.isArray(results['dkim']) ? results['dkim'].map(record) : [];
  const seal = record(record(entry['arc-seal'])['parsed']);
  return {
    instance: entry.i,
    sealer: text(record(seal['d'])['value']).toLowerCase(),
    spf: isPass(spf) ? domainIn(text(record(spf['smtp'])['mailfrom'])) : undefined,
    dkim: [...new Set(dkim.filter(isPass).map(signerOf))].filter((domain) => domain !== '').slice(0, 5),
    dmarc: isPass(record(results['dmarc'])),
  };
}

/** mailauth moves the word from `value` to `result` in the newest set. */
const isPass = (method: Readonly<Record<string, unknown>>): boolean =>
  text(method['result'] ?? method['value']).toLowerCase() === 'pass';

function signerOf(method: Readonly<Record<string, unknown>>): string {
  const header = record(method['header']);
  return domainIn(text(header['d'] ?? header['i']));
}

const domainIn = (address: string): string =>
  address
    .slice(address.lastIndexOf('@') + 1)
    .toLowerCase()
    .slice(0, 255);

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
