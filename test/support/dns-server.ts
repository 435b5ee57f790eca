/** A name server for tests on 127.0.0.1 (RFC 1035 wire format over UDP and TCP), answering from a zone that is plain data. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { DnsType } from '@sluice/core/ports/resolver.ts';
import { answerFrom, type Zone } from './zone-resolver.ts';

export type { Zone } from './zone-resolver.ts';

export interface DnsServer {
  /** `127.0.0.1:port`, as SLUICE_DNS takes it. */
  readonly address: string;
  /** Every question so far, as `TYPE name`; over TCP as `TCP TYPE name`. */
  readonly queries: readonly string[];
  close(): Promise<void>;
}

export interface DnsServerOptions {
  /** Seconds, of every record. */
  readonly ttl?: number;
  /** Says that DNSSEC proves what it answers (AD bit). */
  readonly authentic?: boolean;
  /** By name: the name that it is an alias of. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Longer answers are cut off over UDP, and whole over TCP, to which nobody listens otherwise. */
  readonly maxUdp?: number;
  /** Seconds for which "there is none" holds: an SOA record says so. */
  readonly negativeTtl?: number;
  /** Does not know EDNS: answers it with FORMERR. */
  readonly isOld?: boolean;
}

/** Serves the zone as it is at the time of each question: a test may change it in between. Port 0: a free one. */
export async function startDnsServer(
  zone: Zone,
  port = 0,
  options: DnsServerOptions = {},
): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const queries: string[] = [];
  const respond = (message: Buffer, transport = ''): Buffer | undefined => {
    const question = readQuestion(message);
    if (question === undefined) return undefined;
    queries.push(`${transport}${question.typeName ?? question.type} ${question.name}`);
    if (options.isOld === true && message.readUInt16BE(10) > 0) {
      return writeResponse(message, question, { rcode: 1, records: [] }, options);
    }
    const answer =
      question.typeName === undefined
        ? { status: 'no-data' as const }
        : answerFrom(zone, options.aliases?.[question.name] ?? question.name, question.typeName);
    if (answer.status === 'silence') return undefined;
    const records = answer.status === 'found' ? answer.records : [];
    return writeResponse(message, question, { rcode: rcodes[answer.status], records }, options);
  };
  socket.on('message', (message, peer) => {
    const response = respond(message);
    if (response === undefined) return;
    const isCut = response.length > (options.maxUdp ?? 65_535);
    socket.send(isCut ? cut(response) : response, peer.port, peer.address);
  });
  // TCP first: its ports are more often taken.
  const tcp = options.maxUdp === undefined ? undefined : await listenTcp(port, (one) => respond(one, 'TCP '));
  socket.bind(tcp === undefined ? port : portOf(tcp), '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries,
    async close() {
      const closed = Promise.all([once(socket, 'close'), tcp === undefined ? undefined : once(tcp, 'close')]);
      socket.close();
      tcp?.close();
      await closed;
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}

/** The header alone, with the TC bit (RFC 2181 §9). */
function cut(response: Buffer): Buffer {
  const header = Buffer.from(response.subarray(0, 12));
  header.writeUInt16BE(header.readUInt16BE(2) | 0x0200, 2);
  header.fill(0, 4);
  return header;
}

/** One message a connection (RFC 7766 §8: two octets of length before each). */
async function listenTcp(port: number, respond: (message: Buffer) => Buffer | undefined): Promise<Server> {
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy());
    connection.once('data', (chunk: Buffer) => {
      const response = respond(chunk.subarray(2));
      if (response === undefined) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      // In two writes, as networks have it.
      connection.write(length);
      connection.end(response);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const typeNumbers: Readonly<Record<DnsType, number>> = { A: 1, PTR: 12, MX: 15, TXT: 16, AAAA: 28 };
const typeNames = new Map(Object.entries(typeNumbers).map(([name, number]) => [number, name as DnsType]));

interface Question {
  readonly name: string;
  readonly type: number;
  readonly typeName: DnsType | undefined;
  /** Offset behind the question. */
  readonly end: number;
}

function readQuestion(message: Buffer): Question | undefined {
  if (message.length < 17 || message.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > message.length) return undefined;
  const type = message.readUInt16BE(at + 1);
  return { name: labels.join('.').toLowerCase(), type, typeName: typeNames.get(type), end: at + 5 };
}

interface Answer {
  /** RFC 1035 §4.1.1. */
  readonly rcode: number;
  readonly records: readonly (string | readonly string[])[];
}

const rcodes = { found: 0, 'no-data': 0, servfail: 2, 'no-name': 3 } as const;

function writeResponse(query: Buffer, question: Question, answer: Answer, options: DnsServerOptions): Buffer {
  const { ttl = 60, authentic = false, aliases = {}, negativeTtl } = options;
  const alias = aliases[question.name];
  // A pointer to the question (§4.1.4), or to the name that the first record leads to.
  const owner = alias === undefined ? pointer(12) : pointer(question.end + 12);
  const records = answer.records.map((record) =>
    writeRecord({ owner, type: question.type, ttl, data: dataOf(question, record) }),
  );
  if (alias !== undefined) {
    records.unshift(writeRecord({ owner: pointer(12), type: 5, ttl, data: writeName(alias) }));
  }
  const isNegative = answer.records.length === 0 && negativeTtl !== undefined;
  const authority = isNegative ? [writeSoa(negativeTtl)] : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // QR, AA, RD, RA (§4.1.1), AD, and the result.
  header.writeUInt16BE(0x8580 | (authentic ? 0x20 : 0) | answer.rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt16BE(authority.length, 8);
  return Buffer.concat([header, query.subarray(12, question.end), ...records, ...authority]);
}

function pointer(offset: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(0xc000 | offset, 0);
  return bytes;
}

interface WireRecord {
  readonly owner: Buffer;
  readonly type: number;
  readonly ttl: number;
  readonly data: Buffer;
}

function writeRecord({ owner, type, ttl, data }: WireRecord): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, head, data]);
}

/** RFC 1035 §3.3.13, of the root. */
function writeSoa(minimum: number): Buffer {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32BE(minimum, 16);
  const data = Buffer.concat([Buffer.of(0), Buffer.of(0), numbers]);
  return writeRecord({ owner: Buffer.of(0), type: 6, ttl: 86_400, data });
}

const dataOf = (question: Question, record: string | readonly string[]): Buffer =>
  recordData(typeNames.get(question.type) ?? 'TXT', record);

function recordData(type: DnsType, record: string | readonly string[]): Buffer {
  const text = typeof record === 'string' ? record : record.join('');
  switch (type) {
    case 'A':
      return Buffer.from(text.split('.').map(Number));
    case 'AAAA':
      return ipv6Bytes(text);
    case 'PTR':
      return writeName(text);
    case 'MX': {
      const [preference = '0', exchange = '.'] = text.split(/\s+/);
      const number = Buffer.alloc(2);
      number.writeUInt16BE(Number(preference));
      return Buffer.concat([number, writeName(exchange)]);
    }
    case 'TXT':
      return Buffer.concat(stringsOf(record).map(writeString));
    default:
      return type satisfies never;
  }
}

/** RFC 4291 §2.2, without a dotted tail. */
function ipv6Bytes(text: string): Buffer {
  const [head = [], tail = []] = text
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0'));
  return Buffer.from(groups.join(''), 'hex');
}

function writeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([...labels.map((label) => writeString(Buffer.from(label))), Buffer.of(0)]);
}

/** The strings of a TXT record; a long one is cut into strings of 255 octets (§3.3.14). */
function stringsOf(record: string | readonly string[]): readonly Buffer[] {
  const strings = typeof record === 'string' ? [record] : record;
  return strings.flatMap((text) => {
    const bytes = Buffer.from(text);
    const count = Math.max(1, Math.ceil(bytes.length / 255));
    return Array.from({ length: count }, (_, index) => bytes.subarray(index * 255, index * 255 + 255));
  });
}

const writeString = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(bytes.length), bytes]);
