/** DNS messages: a question as bytes, and the answer that a response holds (RFC 1035, 2308, 6891). */
import { decode, encode, type Record as ResourceRecord, type Response } from 'dns-packet';
import type { DnsAnswer, DnsType } from '@sluice/core/ports/resolver.ts';

export interface Question {
  /** A-labels, lower case, without final dot; '' is the root. */
  readonly name: string;
  readonly type: DnsType | 'NS';
}

/** An answer, and for how many seconds it may be remembered. */
export interface Answered {
  readonly answer: DnsAnswer;
  readonly ttl: number;
}

/** What a response is at first sight, by its header alone. */
export interface ResponseHeader {
  readonly id: number;
  readonly isResponse: boolean;
  /** Cut off: the whole is to be had over TCP. */
  readonly truncated: boolean;
  readonly rcode: number;
}

/** Without fragments on any path (RFC 9715 §3.1). */
const udpPayloadSize = 1232;
/** Recursion desired; AD: tell us whether DNSSEC proves the answer (RFC 6840 §5.7). */
const flags = 0x0120;
/** Ends of what one answer may bring. */
const maxRecords = 200;
const maxAliases = 16;
const maxTtl = 86_400;
/** RFC 2308 §5. */
const maxNegativeTtl = 3_600;
/** Where no SOA says for how long. */
const defaultNegativeTtl = 60;

export const encodeQuestion = (id: number, { name, type }: Question, edns: boolean): Buffer =>
  encode({
    type: 'query',
    id,
    flags,
    questions: [{ name, type }],
    additionals: edns ? [{ name: '.', type: 'OPT', udpPayloadSize }] : [],
  });

export function readHeader(bytes: Buffer): ResponseHeader | undefined {
  if (bytes.length < 12) return undefined;
  const bits = bytes.readUInt16BE(2);
  return {
    id: bytes.readUInt16BE(0),
    isResponse: (bits & 0x8000) !== 0,
    truncated: (bits & 0x0200) !== 0,
    rcode: bits & 0x000f,
  };
}

export const rcodes = { noError: 0, formatError: 1, serverFailure: 2, noName: 3, refused: 5 } as const;

/** Whether a response repeats the question of a query letter by letter, as all common servers do: cheap to see. */
export function echoes(response: Buffer, query: Buffer, { name }: Question): boolean {
  // Each dot stands for a length, and there is one more length, the end, the type and the class.
  const end = 12 + name.length + 2 + 4;
  return response.readUInt16BE(4) === 1 && response.subarray(12, end).equals(query.subarray(12, end));
}

/** Undefined for what does not answer the question, or is no message at all. */
export function readAnswer(bytes: Buffer, question: Question): Answered | undefined {
  const rcode = bytes.readUInt16BE(2) & 0x000f;
  if (rcode !== rcodes.noError && rcode !== rcodes.noName) return failure(rcode);
  try {
    const response = decode(bytes);
    return isEcho(response.questions, question) ? answerIn(response, question, bytes) : undefined;
  } catch {
    return undefined;
  }
}

const isEcho = ([echo, ...others]: readonly { name: string; type: string }[], question: Question): boolean =>
  echo?.type === question.type && nameOf(echo.name) === question.name && others.length === 0;

function answerIn({ answers, authorities }: Response, question: Question, bytes: Buffer): Answered {
  const bits = bytes.readUInt16BE(2);
  const { records, ttl } = follow(question, answers);
  const isThere = (bits & 0x000f) === rcodes.noError;
  if (records.length > 0 && isThere) {
    const found = { status: 'found', records: textOf(question.type, records), ttl } as const;
    return { answer: (bits & 0x0020) === 0 ? found : { ...found, authentic: true }, ttl };
  }
  const answer = { status: isThere ? 'no-data' : 'no-name' } as const;
  return { answer, ttl: Math.min(ttl, negativeTtl(authorities)) };
}

const failures: Readonly<Record<number, string>> = {
  [rcodes.serverFailure]: 'the name server could not answer (SERVFAIL)',
  [rcodes.refused]: 'the name server refused the question',
};

const failure = (rcode: number): Answered => ({
  answer: { status: 'failed', message: failures[rcode] ?? `the name server answered with error ${rcode}` },
  ttl: 0,
});

const nameOf = (name: string): string => (name === '.' ? '' : name.toLowerCase().replace(/\.$/, ''));

/** The records at the end of the chain of aliases (RFC 1034 §3.6.2), and the shortest TTL on the way. */
function follow({ name, type }: Question, answers: readonly ResourceRecord[]) {
  let at = name;
  let ttl = maxTtl;
  for (let aliases = 0; aliases < maxAliases; aliases += 1) {
    const here = answers.filter((record) => nameOf(record.name) === at);
    const records = here.filter((record) => record.type === type).slice(0, maxRecords);
    if (records.length > 0) return { records, ttl: Math.min(ttl, ...records.map(ttlOf)) };
    const alias = here.find((record) => record.type === 'CNAME');
    if (alias === undefined || typeof alias.data !== 'string') break;
    ttl = Math.min(ttl, ttlOf(alias));
    at = nameOf(alias.data);
  }
  return { records: [], ttl };
}

/** A TTL with the highest bit set is none (RFC 2181 §8). */
const ttlOf = ({ ttl = 0 }: ResourceRecord): number => (ttl > 0x7fff_ffff ? 0 : ttl);

/** RFC 2308 §5: the lesser of the TTL of the SOA record and its last field. */
function negativeTtl(authorities: readonly ResourceRecord[]): number {
  const soa = authorities.find(({ type }) => type === 'SOA');
  if (soa === undefined) return defaultNegativeTtl;
  const { minimum = 0 } = (soa.data ?? {}) as { readonly minimum?: number };
  return Math.min(ttlOf(soa), minimum, maxNegativeTtl);
}

function textOf(type: Question['type'], records: readonly ResourceRecord[]): readonly string[] {
  if (type === 'MX') {
    return records
      .map(({ data }) => data as { readonly preference: number; readonly exchange: string })
      .toSorted((a, b) => a.preference - b.preference)
      .map(({ preference, exchange }) => `${preference} ${exchange}`);
  }
  if (type === 'TXT') {
    return records.map(({ data }) => Buffer.concat(data as readonly Buffer[]).toString('utf8'));
  }
  return records.map(({ data }) => String(data));
}
