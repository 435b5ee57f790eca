/** The DNS tree walk (RFC 9989 §4.10): which names above a domain have a DMARC record, and which is the organisation. */
import { asciiDomain } from '../message/punycode.ts';
import type { DnsAnswer, Resolver } from '../ports/resolver.ts';
import { isDmarcRecord, type PublishedRecord, readRecord } from './record.ts';

/** One question, and what came back: of a TXT answer only what claims to be a DMARC record. */
export interface AskedQuestion {
  readonly type: 'TXT' | 'A';
  readonly name: string;
  readonly answer: DnsAnswer;
}

export interface FoundRecord {
  readonly domain: string;
  readonly record: PublishedRecord;
}

export interface Walk {
  /** Longest name first. */
  readonly found: readonly FoundRecord[];
  /** DNS left a name without an answer before the walk came to its end. */
  readonly isBroken: boolean;
}

/** The walks of one mail: the same name is asked once. */
export interface DmarcTree {
  /** The record of one name, without any walk. */
  recordOf(domain: string): Promise<PublishedRecord | 'none' | 'unknown'>;
  walk(domain: string): Promise<Walk>;
  /** The name has something in DNS, of whatever type (RFC 9989 appendix A.4). */
  exists(domain: string): Promise<boolean | 'unknown'>;
  /** So far, in the order of asking. */
  asked(): readonly AskedQuestion[];
}

/** A longer name goes on with its last seven labels, so that a walk asks eight names at most. */
const mostLabels = 7;

/** Lower case A-labels; undefined where there can be no such name in DNS, as for an address in brackets. */
export function walkable(domain: string): string | undefined {
  const name = /[\s[\]]/.test(domain) ? undefined : asciiDomain(domain);
  if (name === undefined || /(?:^|\.)\d+$/.test(name)) return undefined;
  return name.split('.').every(({ length }) => length > 0 && length <= 63) ? name : undefined;
}

/** The names that a walk from here asks, in their order. */
export function namesUp(domain: string): readonly string[] {
  const labels = domain.split('.');
  const parents = labels.slice(1).slice(-mostLabels);
  return [domain, ...parents.map((_label, index) => parents.slice(index).join('.'))];
}

/**
 * All names of a walk are asked side by side: almost every walk goes to the top, and the names there are those of
 * everybody, so that their answers are remembered.
 */
export function createDmarcTree(resolver: Resolver, deadlineMs: number): DmarcTree {
  const asked: AskedQuestion[] = [];
  const answers = new Map<string, Promise<DnsAnswer>>();

  const ask = (type: 'TXT' | 'A', name: string): Promise<DnsAnswer> => {
    const key = `${type} ${name}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const asking = resolver.resolve(name, type, { deadlineMs });
    answers.set(key, asking);
    // Room is kept at once: the order is that of asking, not that of answering.
    const place = asked.push({ type, name, answer: unanswered }) - 1;
    return asking.then((answer) => {
      asked[place] = { type, name, answer: type === 'TXT' ? inShort(answer) : answer };
      return answer;
    });
  };

  async function recordOf(domain: string): Promise<PublishedRecord | 'none' | 'unknown'> {
    const answer = await ask('TXT', `_dmarc.${domain}`);
    if (answer.status === 'failed') return 'unknown';
    const [only, ...more] = claimsOf(answer);
    return only === undefined || more.length > 0 ? 'none' : (readRecord(only) ?? 'none');
  }

  return {
    recordOf,
    async walk(domain) {
      const asking = namesUp(domain).map(async (name) => ({ domain: name, record: await recordOf(name) }));
      return readWalk(await Promise.all(asking));
    },
    async exists(domain) {
      const { status } = await ask('A', domain);
      return status === 'failed' ? 'unknown' : status !== 'no-name';
    },
    asked: () => asked,
  };
}

const unanswered: DnsAnswer = { status: 'failed', message: 'not answered yet' };

const claimsOf = (answer: DnsAnswer): readonly string[] =>
  answer.status === 'found' ? answer.records.filter(isDmarcRecord) : [];

/** Characters of a record that are kept: a fact is written for every mail. */
const mostCharacters = 500;

function inShort(answer: DnsAnswer): DnsAnswer {
  if (answer.status !== 'found') return answer;
  const claims = claimsOf(answer).slice(0, 2);
  return claims.length === 0
    ? { status: 'no-data' }
    : { ...answer, records: claims.map((text) => text.slice(0, mostCharacters)) };
}

function readWalk(
  asked: readonly { readonly domain: string; readonly record: PublishedRecord | 'none' | 'unknown' }[],
): Walk {
  const found: FoundRecord[] = [];
  for (const { domain, record } of asked) {
    if (record === 'unknown') return { found, isBroken: true };
    if (record === 'none') continue;
    found.push({ domain, record });
    if (record.psd !== undefined) break;
  }
  return { found, isBroken: false };
}

/** The organisational domain by a walk from `start` that came to its end (RFC 9989 §4.10.2). */
export function organizationOf(start: string, found: readonly FoundRecord[]): string {
  const last = found.at(-1);
  if (last === undefined) return start;
  if (last.record.psd !== 'y' || last.domain === start) return last.domain;
  // One label below the public suffix.
  return start
    .split('.')
    .slice(-(last.domain.split('.').length + 1))
    .join('.');
}
