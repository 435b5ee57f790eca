/** What an import tells while it runs and at its end. */
import type { ImportProgress } from '@sluice/core/import/import-mails.ts';
import { printJson, printThing, safeText } from '../output.ts';

export interface Reporter extends Disposable {
  /** Something that a person has to know now. */
  say(sentence: string): void;
  /** Seconds since the beginning. */
  seconds(): number;
}

const lineMs = 5_000;
const terminalMs = 250;

/** A line that renews itself on a terminal, a new one every 5 s elsewhere; none for programs. */
export function reportProgress(progress: ImportProgress, { json }: { readonly json: boolean }): Reporter {
  const since = performance.now();
  const seconds = (): number => (performance.now() - since) / 1_000;
  const isTerminal = process.stderr.isTTY === true;
  const show = (): void => {
    const line = progressLine(progress, seconds());
    process.stderr.write(isTerminal ? `\r\u001B[K${line}` : `${line}\n`);
  };
  const timer = json ? undefined : setInterval(show, isTerminal ? terminalMs : lineMs);
  const clear = (): void => {
    if (isTerminal && !json) process.stderr.write('\r\u001B[K');
  };
  return {
    say(sentence) {
      clear();
      process.stderr.write(`${sentence}\n`);
    },
    seconds,
    [Symbol.dispose]() {
      clearInterval(timer);
      clear();
    },
  };
}

const number = (value: number): string => value.toLocaleString('en');

function progressLine(progress: ImportProgress, seconds: number): string {
  const { found, held, refused, known, bad, handedIn } = progress;
  const rate = seconds === 0 ? 0 : Math.round((held + refused) / seconds);
  return `${number(found)} mails, ${number(rate)}/s: ${number(held)} held, ${number(refused)} refused, ${number(known)} known, ${number(bad)} bad files; ${number(handedIn)} handed in`;
}

export interface Ended {
  readonly domain: string;
  readonly edge: string;
  readonly seconds: number;
  /** Before the end of the archive: by a signal, or because the intake is away. */
  readonly stopped: boolean;
}

export function printImport(
  progress: ImportProgress,
  ended: Ended,
  { json }: { readonly json: boolean },
): void {
  const { badFiles, ...counts } = progress;
  const imported = counts.held + counts.refused;
  const perSecond = Math.round(imported / Math.max(ended.seconds, 0.001));
  if (json) {
    const seconds = Math.round(ended.seconds * 1_000) / 1_000;
    printJson({ ...ended, seconds, imported, perSecond, ...counts, badFiles });
    return;
  }
  printThing(
    {},
    [
      ['domain', ended.domain],
      ['mails found', number(counts.found)],
      [
        'imported',
        `${number(imported)} in ${number(Math.round(ended.seconds))} s, ${number(perSecond)} a second`,
      ],
      ['held', number(counts.held)],
      ['refused', number(counts.refused)],
      ['imported before', number(counts.known)],
      ['other files', number(counts.other)],
      ['bad files', number(counts.bad)],
    ],
    { json: false },
  );
  printBadFiles(badFiles, counts.bad);
}

export function printBadFiles(badFiles: ImportProgress['badFiles'], count: number): void {
  for (const { name, why } of badFiles) console.log(`  ${safeText(name)}: ${safeText(why)}`);
  if (count > badFiles.length) console.log(`  and ${number(count - badFiles.length)} more`);
}
