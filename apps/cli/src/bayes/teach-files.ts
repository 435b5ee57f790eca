/** Reads mails of files into tokens here, and hands the tokens to the api: the mails themselves stay where they are. */
import { maxTaughtAtOnce, type TrainingLabel } from '@sluice/core/bayes/training.ts';
import { tokenizerVersion } from '@sluice/core/bayes/tokenize.ts';
import { contentTextLimit } from '@sluice/core/checks/observations.ts';
import { sha256Hex } from '@sluice/core/kernel/hash.ts';
import type { FoundFile } from '@sluice/core/ports/mail-files.ts';
import type { MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import { tokensOf } from '@sluice/core/use-cases/training.ts';
import { createMessageInspector } from '@sluice/mime';

/** What has come of it so far. */
export interface Teaching {
  found: number;
  ham: number;
  spam: number;
  /** Taught as the same before. */
  known: number;
  bad: number;
  /** The first of those. */
  readonly badFiles: { readonly name: string; readonly why: string }[];
}

export const newTeaching = (): Teaching => ({ found: 0, ham: 0, spam: 0, known: 0, bad: 0, badFiles: [] });

interface Taught {
  readonly sha256: string;
  readonly tokens: string;
}

export interface TeachOptions {
  readonly as: TrainingLabel;
  readonly hand: (batch: {
    as: TrainingLabel;
    tokenizer: number;
    mails: Taught[];
  }) => Promise<{ readonly taught: number; readonly known: number }>;
  /** Added to. */
  readonly done: Teaching;
  readonly json: boolean;
}

const listedBadFiles = 10;
/** As an edge reads a mail: the same text comes to the same tokens. */
const reading = { textLimit: contentTextLimit, content: true, deadlineMs: 20_000 };

export async function teachFiles(files: AsyncIterable<FoundFile>, options: TeachOptions): Promise<void> {
  const { as, hand, done, json } = options;
  const inspector = createMessageInspector();
  let waiting: Taught[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const mails = waiting;
    waiting = [];
    const { taught, known } = await hand({ as, tokenizer: tokenizerVersion, mails });
    done[as] += taught;
    done.known += known;
    if (!json && process.stderr.isTTY) process.stderr.write(`\r\u001B[K${done.found} mails read`);
  };
  try {
    for await (const file of files) {
      if (file.kind === 'other') continue;
      const read = file.kind === 'mail' ? await readTokens(inspector, file.raw) : file.why;
      if (file.kind === 'mail') done.found += 1;
      if (typeof read === 'string') noteBad(done, file.name, read);
      else waiting.push(read);
      if (waiting.length >= maxTaughtAtOnce) await flush();
    }
    await flush();
  } finally {
    await inspector.close();
    if (!json && process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  }
}

/** Why not, as a clause. */
async function readTokens(inspector: MessageInspector, raw: Uint8Array): Promise<Taught | string> {
  const read = await inspector.inspect(raw, reading);
  if (!read.ok) return read.error === 'timeout' ? 'it takes too long to read' : 'it cannot be read';
  return { sha256: sha256Hex(raw), tokens: tokensOf(read.value).tokens };
}

function noteBad(done: Teaching, name: string, why: string): void {
  done.bad += 1;
  if (done.badFiles.length < listedBadFiles) done.badFiles.push({ name, why });
}
