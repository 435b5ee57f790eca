/** Puts a question to the name servers in turn until one answers. */
import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import { readAnswer, readHeader, rcodes, type Answered, type Question } from './message.ts';
import { createTcp } from './tcp.ts';
import { createUdp, type Exchange, type Server } from './udp.ts';

export interface NameServers {
  /** Undefined where no server answered at all. */
  ask(question: Question): Promise<Answered | undefined>;
  /** Whether any server says anything, be it that it will not answer. */
  isAlive(timeoutMs: number): Promise<boolean>;
}

export interface NameServerOptions {
  /** Time for one try, in ms. */
  readonly tryMs: number;
  /** Rounds through all servers. */
  readonly tries: number;
}

/** More servers than anybody needs only make a failure slow. */
const maxServers = 3;

interface Line {
  readonly udp: Exchange;
  readonly tcp: Exchange;
}

export function createNameServers(
  server: string | undefined,
  { tryMs, tries }: NameServerOptions,
): NameServers {
  const lines = (server === undefined ? getServers() : [server])
    .map(parseServer)
    .slice(0, maxServers)
    .map((one): Line => ({ udp: createUdp(one, answers), tcp: createTcp(one) }));

  return {
    async ask(question) {
      let failed: Answered | undefined;
      for (let round = 0; round < tries; round += 1) {
        for (const line of lines) {
          const answered = await askOne(line, question, tryMs);
          // Another server may know what this one could not find out.
          if (answered !== undefined && answered.answer.status !== 'failed') return answered;
          failed = answered ?? failed;
        }
        // What all of them refuse or fail to find out they will not know a moment later.
        if (failed !== undefined) return failed;
      }
      return failed;
    },
    async isAlive(timeoutMs) {
      const root: Question = { name: '', type: 'NS' };
      const heard = await Promise.all(lines.map(({ udp }) => udp(root, false, timeoutMs)));
      return heard.some((response) => response !== undefined);
    },
  };
}

async function askOne({ udp, tcp }: Line, question: Question, tryMs: number): Promise<Answered | undefined> {
  let edns = true;
  let response = await udp(question, edns, tryMs);
  if (rcodeOf(response) === rcodes.formatError) {
    // RFC 6891 §7: a server of before EDNS does not understand the question.
    edns = false;
    response = await udp(question, edns, tryMs);
  }
  if (response !== undefined && readHeader(response)?.truncated === true) {
    response = await tcp(question, edns, tryMs);
  }
  return response === undefined ? undefined : readAnswer(response, question);
}

const rcodeOf = (response: Buffer | undefined): number | undefined =>
  response === undefined ? undefined : readHeader(response)?.rcode;

/** Truncated and failed answers need not hold together; all others must name the question. */
const answers = (response: Buffer, question: Question): boolean =>
  readHeader(response)?.truncated === true || readAnswer(response, question) !== undefined;

/** `address`, `address:port`, or `[v6]:port`. */
function parseServer(text: string): Server {
  const [, v6, v6Port] = /^\[(.+)\](?::(\d+))?$/.exec(text) ?? [];
  if (v6 !== undefined) return { address: v6, port: Number(v6Port ?? 53) };
  if (isIP(text) !== 0) return { address: text, port: 53 };
  const colon = text.lastIndexOf(':');
  return colon < 0
    ? { address: text, port: 53 }
    : { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
