/** A name server for tests on 127.0.0.1 (RFC 1035 wire format over UDP), answering from a zone that is plain data. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { DnsType } from '@sluice/core/ports/resolver.ts';
import { answerFrom, type Zone, type ZoneAnswer } from './zone-resolver.ts';

export type { Zone } from './zone-resolver.ts';

export interface DnsServer {
  /** `127.0.0.1:port`, as SLUICE_DNS takes it. */
  readonly address: string;
  /** Every question so far, as `TYPE name`. */
  readonly queries: readonly string[];
  close(): Promise<void>;
}

/** Serves the zone as it is at the time of each question: a test may change it in between. Port 0: a free one. */
export async function startDnsServer(zone: Zone, port = 0): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const queries: string[] = [];
  socket.on('message', (message, peer) => {
    const question = readQuestion(message);
    if (question === undefined) return;
    queries.push(`${question.typeName ?? question.type} ${question.name}`);
    const answer =
      question.typeName === undefined
        ? { status: 'no-data' as const }
        : answerFrom(zone, question.name, question.typeName);
    if (answer.status === 'silence') return;
    socket.send(writeResponse(message, question, answer), peer.port, peer.address);
  });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    queries,
    async close() {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
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

const rcodes: Readonly<Record<Exclude<ZoneAnswer['status'], 'silence'>, number>> = {
  found: 0,
  'no-data': 0,
  servfail: 2,
  'no-name': 3,
};

function writeResponse(
  query: Buffer,
  question: Question,
  answer: Exclude<ZoneAnswer, { status: 'silence' }> | { readonly status: 'no-data' },
): Buffer {
  const records = answer.status === 'found' ? answer.records : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // QR, AA, RD, RA (§4.1.1), and the result.
  header.writeUInt16BE(0x8580 | rcodes[answer.status as keyof typeof rcodes], 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const asked = query.subarray(12, question.end);
  return Buffer.concat([header, asked, ...records.map((record) => writeRecord(question.type, record))]);
}

function writeRecord(type: number, record: string | readonly string[]): Buffer {
  const data = recordData(typeNames.get(type) ?? 'TXT', record);
  const head = Buffer.alloc(12);
  // The name is a pointer to the question (§4.1.4).
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

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
