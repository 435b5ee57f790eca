/** Our Resolver as the function that mailauth asks: records in the shapes of Node, absence and failure as error codes. */
import type { DnsAnswer, DnsType, Resolver } from '@sluice/core/ports/resolver.ts';

/** Shapes of `dns.promises.resolve`: TXT as lists of strings, MX as objects, all else as strings. */
type NodeRecords = string[] | string[][] | { priority: number; exchange: string }[];

type AskDns = (name: string, type: string) => Promise<string[] | string[][]>;

export interface QuestionLimits {
  /** Time for all questions together, in ms. */
  readonly deadlineMs: number;
  /** Different questions at most: a mail may name any number of keys. */
  readonly maxQuestions: number;
}

export interface DnsQuestion {
  readonly ask: AskDns;
  /** Whether a question was left without an answer. */
  hasFailed(): boolean;
}

/** Once its time or its number of questions is used up, every question fails as a time-out would. */
export function createDnsQuestion(
  resolver: Resolver,
  { deadlineMs, maxQuestions }: QuestionLimits,
): DnsQuestion {
  const end = performance.now() + deadlineMs;
  let asked = 0;
  let failed = false;
  const ask = async (name: string, type: string): Promise<NodeRecords> => {
    if (!isAnswerable(type)) throw dnsError('ENOTFOUND', name);
    asked += 1;
    const left = end - performance.now();
    if (left <= 0 || asked > maxQuestions) {
      failed = true;
      throw dnsError('ETIMEOUT', name);
    }
    const answer = await resolver.resolve(name, type, { deadlineMs: Math.ceil(left) });
    failed ||= answer.status === 'failed';
    return toNode(answer, name, type);
  };
  // mailauth types MX answers away, and reads them all the same.
  return { ask: ask as AskDns, hasFailed: () => failed };
}

const types: readonly string[] = ['A', 'AAAA', 'MX', 'PTR', 'TXT'] satisfies DnsType[];

/** CNAME is asked for only after NXDOMAIN for an address, which says that the name is not there at all. */
const isAnswerable = (type: string): type is DnsType => types.includes(type);

function toNode(answer: DnsAnswer, name: string, type: DnsType): NodeRecords {
  switch (answer.status) {
    case 'found':
      return recordsOf(answer.records, type);
    case 'no-data':
      throw dnsError('ENODATA', name);
    case 'no-name':
      throw dnsError('ENOTFOUND', name);
    case 'failed':
      throw dnsError('ETIMEOUT', `${name}: ${answer.message}`);
    default:
      return answer satisfies never;
  }
}

function recordsOf(records: readonly string[], type: DnsType): NodeRecords {
  if (type === 'TXT') return records.map((record) => [record]);
  if (type !== 'MX') return [...records];
  return records.map((record) => {
    const [preference = '0', exchange = ''] = record.split(' ');
    return { priority: Number(preference), exchange };
  });
}

/** mailauth tells “there is none” from “nobody knows” by the code (ENODATA, ENOTFOUND; all others are temporary). */
const dnsError = (code: string, message: string): Error => Object.assign(new Error(message), { code });
