/** Verifies an export without any service: the file, and keys and roots that were got elsewhere. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { signedRootSchema } from '@sluice/core/audit/export-format.ts';
import type { SignedRoot } from '@sluice/core/audit/root.ts';
import { type ExportReport, verifyExport } from '@sluice/core/audit/verify-export.ts';
import { verifySignature } from '@sluice/node-crypto';
import { refused, usage } from '../exit.ts';
import { printThing } from '../output.ts';

export interface FileOptions {
  readonly json?: boolean;
  readonly key?: readonly string[];
  readonly roots?: string;
}

export async function verifyFile(file: string, options: FileOptions): Promise<void> {
  const { key: keys, roots } = options;
  const known = {
    ...(keys === undefined ? {} : { keys }),
    ...(roots === undefined ? {} : { roots: await readRootsFile(roots) }),
  };
  const report = await verifyExport(linesOf(file), { verify: verifySignature, ...known });
  print(report, options);
  if (!report.sound) throw refused(`${file} is not sound: ${report.faultCount} faults were found.`);
}

const lineFeed = 0x0a;

/** Undefined for a line that is no UTF-8: replaced bytes would make another text of it. */
async function* linesOf(file: string): AsyncGenerator<string | undefined, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
  let pieces: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
        yield decode(Buffer.concat([...pieces, chunk.subarray(from, at)]));
        pieces = [];
        from = at + 1;
      }
      if (from < chunk.length) pieces.push(chunk.subarray(from));
    }
  } catch (error) {
    throw usage(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (pieces.length > 0) yield decode(Buffer.concat(pieces));
}

/** One root a line, as the webhook and the mails have it; lines that do not begin with `{` are passed over. */
async function readRootsFile(file: string): Promise<readonly SignedRoot[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usage(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => {
    const root = rootIn(line);
    if (root === undefined) throw usage(`${file}: “${line.slice(0, 60)}…” is no signed root.`);
    return root;
  });
}

function rootIn(line: string): SignedRoot | undefined {
  try {
    return signedRootSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function print(report: ExportReport, { json, key, roots }: FileOptions): void {
  const { header, decisions, covered, lastDay, keys, faults } = report;
  printThing(
    report,
    [
      ['domain', header?.domain.name],
      ['exported', header?.exportedAt],
      ['decisions', decisions],
      ['covered by roots', report.roots === 0 ? 'none' : `${covered}, the last of ${lastDay ?? ''}`],
      ...keys.map((one) => ['signed by', one] as const),
      [
        'keys',
        key === undefined ? 'believed: compare with a key got elsewhere, or give it with --key' : 'known',
      ],
      ['roots', roots === undefined ? 'believed: give those got elsewhere with --roots' : 'compared'],
      ...faults.map(({ line, code, message }) => [`line ${line}`, `${code}: ${message}`] as const),
      ['sound', report.sound ? 'yes: nothing is altered, missing, doubled or out of order' : 'NO'],
    ],
    { json: json === true },
  );
}
