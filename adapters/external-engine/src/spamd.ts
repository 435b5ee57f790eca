/** One question to spamd: SYMBOLS over its own protocol (SpamAssassin, spamd/PROTOCOL). */
import { connect } from 'node:net';
import type { EngineAnswer, EngineQuestion } from '@sluice/core/ports/external-engine.ts';
import type { EnginePlace } from './engine.ts';

const maxReplyBytes = 64 * 1024;
const maxSymbols = 10;

/** Throws where there is no answer. */
export async function askSpamd(place: EnginePlace, question: EngineQuestion): Promise<EngineAnswer> {
  return readAnswer(await exchange(place, question));
}

function exchange({ address, port }: EnginePlace, { raw, deadlineMs }: EngineQuestion): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(new Error(`no answer within ${Math.ceil(deadlineMs)} ms`)),
      deadlineMs,
    );
    socket.on('connect', () => {
      // The connection stays open to the answer: Rspamd, which speaks this too, takes a half-closed one for gone.
      socket.write(`SYMBOLS SPAMC/1.5\r\nContent-length: ${raw.length}\r\n\r\n`);
      socket.write(raw);
    });
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxReplyBytes) fail(new Error('it answers without end'));
    });
    socket.on('error', fail);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
  });
}

/** `SPAMD/1.1 0 EX_OK`, `Spam: True ; 15.2 / 5.0`, an empty line, the names of rules with commas between. */
function readAnswer(text: string): EngineAnswer {
  const status = /^SPAMD\/[\d.]+ (\d+)/.exec(text)?.[1];
  const found = /^Spam:\s{0,9}\S+\s{0,9};\s{0,9}(-?[\d.]+)\s{0,9}\/\s{0,9}(-?[\d.]+)/im.exec(text);
  if (status !== '0' || found === null) throw new Error('it gives no score');
  const names = text
    .slice(text.indexOf('\r\n\r\n') + 4)
    .split(/[\s,]+/)
    .filter((name) => name !== '');
  const [, score, required] = found;
  return {
    status: 'answered',
    score: Number(score),
    required: Number(required),
    action: '',
    symbols: names.slice(0, maxSymbols).map((name) => ({ name: name.slice(0, 60), score: 0 })),
  };
}
