/** One question to Rspamd: POST /checkv2 (rspamd.com/doc/developers/protocol.html). */
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { EngineAnswer, EngineQuestion, EngineSymbol } from '@sluice/core/ports/external-engine.ts';
import type { EnginePlace } from './engine.ts';

const maxReplyBytes = 1024 * 1024;
const maxSymbols = 10;
const maxRecipients = 20;

/** Throws where there is no answer. */
export async function askRspamd(place: EnginePlace, question: EngineQuestion): Promise<EngineAnswer> {
  return readAnswer(await post(place, question));
}

function post(place: EnginePlace, question: EngineQuestion): Promise<string> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions & { servername?: string } = {
      host: place.address,
      port: place.port,
      method: 'POST',
      path: '/checkv2',
      headers: headersOf(place, question),
      signal: AbortSignal.timeout(Math.ceil(question.deadlineMs)),
      ...(place.protocol === 'https:' ? { servername: place.host } : {}),
    };
    const request = (place.protocol === 'https:' ? requestHttps : requestHttp)(options);
    request.on('error', (error) =>
      reject(
        error.name === 'AbortError'
          ? new Error(`no answer within ${Math.ceil(question.deadlineMs)} ms`)
          : error,
      ),
    );
    request.on('response', (response) => void readBody(response).then(resolve, reject));
    request.end(question.raw);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxReplyBytes) throw new Error('it answers without end');
    chunks.push(chunk);
  }
  if (response.statusCode !== 200) throw new Error(`it answers with status ${response.statusCode}`);
  return Buffer.concat(chunks).toString('utf8');
}

function headersOf(place: EnginePlace, question: EngineQuestion): Record<string, string | string[]> {
  const { ip, helo, sender, recipients } = question;
  return {
    Host: place.host,
    IP: plain(ip),
    Helo: plain(helo),
    From: plain(sender),
    Rcpt: recipients.slice(0, maxRecipients).map(plain),
    'Content-Length': String(question.raw.length),
  };
}

/** Names of a hostile client stand in these: nothing of them may end a line. */
const plain = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 500);

interface Reply {
  readonly score?: unknown;
  readonly required_score?: unknown;
  readonly action?: unknown;
  readonly symbols?: Readonly<Record<string, { readonly score?: unknown }>>;
}

function readAnswer(text: string): EngineAnswer {
  const reply = JSON.parse(text) as Reply | null;
  const { score, required_score: required, action, symbols } = reply ?? {};
  if (typeof score !== 'number') throw new Error('it gives no score');
  return {
    status: 'answered',
    score,
    required: typeof required === 'number' && required > 0 ? required : 15,
    action: typeof action === 'string' ? action.slice(0, 40) : '',
    symbols: heaviest(symbols ?? {}),
  };
}

const heaviest = (symbols: NonNullable<Reply['symbols']>): readonly EngineSymbol[] =>
  Object.entries(symbols)
    .map(([name, { score }]) => ({ name: name.slice(0, 60), score: typeof score === 'number' ? score : 0 }))
    .toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score))
    .slice(0, maxSymbols);
