/** `archive import --dry-run`: what would be found, without a running instance; nothing is kept. */
import { importedEnvelope } from '@sluice/core/import/envelope-of.ts';
import { readHeader } from '@sluice/core/message/header-view.ts';
import type { FoundFile } from '@sluice/core/ports/mail-files.ts';
import { printJson, printThing } from '../output.ts';
import { printBadFiles } from './report.ts';

interface Found {
  mails: number;
  bytes: number;
  /** Mails whose header names nobody of the domain. */
  toPostmaster: number;
  /** ISO 8601; '' while there is none. */
  oldest: string;
  newest: string;
  other: number;
  bad: number;
  readonly badFiles: { readonly name: string; readonly why: string }[];
}

const listedBadFiles = 20;

export async function countMails(
  files: AsyncIterable<FoundFile>,
  {
    domain,
    json,
    limit = Infinity,
  }: { readonly domain: string; readonly json: boolean; readonly limit?: number },
): Promise<void> {
  const found: Found = {
    mails: 0,
    bytes: 0,
    toPostmaster: 0,
    oldest: '',
    newest: '',
    other: 0,
    bad: 0,
    badFiles: [],
  };
  for await (const file of files) {
    count(found, file, domain);
    if (found.mails >= limit) break;
  }
  if (json) {
    printJson({ domain, dryRun: true, ...found });
    return;
  }
  printThing(
    found,
    [
      ['mails', found.mails],
      ['bytes', found.bytes],
      [`to nobody of ${domain}`, found.toPostmaster],
      ['oldest', found.oldest],
      ['newest', found.newest],
      ['other files', found.other],
      ['bad files', found.bad],
    ],
    { json: false },
  );
  printBadFiles(found.badFiles, found.bad);
}

function count(found: Found, file: FoundFile, domain: string): void {
  if (file.kind === 'other') {
    found.other += 1;
  } else if (file.kind === 'bad') {
    found.bad += 1;
    if (found.badFiles.length < listedBadFiles) found.badFiles.push({ name: file.name, why: file.why });
  } else {
    const { raw, modifiedAt } = file;
    const { receivedAt, unknown } = importedEnvelope(readHeader(raw), {
      domain,
      modifiedAt,
      now: Date.now(),
    });
    found.mails += 1;
    found.bytes += raw.length;
    if (unknown.recipient) found.toPostmaster += 1;
    if (found.oldest === '' || receivedAt < found.oldest) found.oldest = receivedAt;
    if (receivedAt > found.newest) found.newest = receivedAt;
  }
}
