/** Bogofilter, the peer of our learned words: trained and asked in folders of its own that are gone afterwards. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabelledMail } from './labelled-mails.ts';

export const bogofilterMissing = spawnSync('bogofilter', ['-V']).error !== undefined;

/** Mails as files, which is how bogofilter takes many at once; disposed with the folder. */
export interface MailFolder extends Disposable {
  fileOf(mail: LabelledMail): string;
}

export function writeMails(mails: readonly LabelledMail[]): MailFolder {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bogofilter-'));
  const files = new Map(mails.map((mail, at) => [mail, join(folder, `${at}.eml`)]));
  for (const [mail, file] of files) writeFileSync(file, mail.raw);
  return {
    fileOf: (mail) => files.get(mail) ?? '',
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Bogofilter extends Disposable {
  /** From 0 to 1, in the order of the mails. */
  scores(mails: readonly LabelledMail[]): readonly number[];
  /** CPU time in ms, reading the files and the counts included. */
  cpuOf(mails: readonly LabelledMail[]): number;
}

/** With its own defaults, whatever the machine's configuration says. */
export function trainBogofilter(folder: MailFolder, mails: readonly LabelledMail[]): Bogofilter {
  const place = mkdtempSync(join(tmpdir(), 'sluice-bogofilter-'));
  const args = ['-C', '-d', place, '-b'];
  const listOf = (some: readonly LabelledMail[]) => `${some.map((mail) => folder.fileOf(mail)).join('\n')}\n`;
  const learn = (flag: string, some: readonly LabelledMail[]) =>
    execFileSync('bogofilter', [...args, flag], { input: listOf(some) });
  learn(
    '-n',
    mails.filter(({ isSpam }) => !isSpam),
  );
  learn(
    '-s',
    mails.filter(({ isSpam }) => isSpam),
  );
  return {
    scores(some) {
      // Its exit status says what the last mail was.
      const { stdout } = spawnSync('bogofilter', [...args, '-T'], {
        input: listOf(some),
        maxBuffer: 1 << 28,
        encoding: 'utf8',
      });
      const lines = stdout.trim().split('\n');
      if (lines.length !== some.length)
        throw new Error(`bogofilter answered ${lines.length} of ${some.length}`);
      return lines.map((line) => Number(line.split(' ').at(-1)));
    },
    cpuOf(some) {
      const { stderr } = spawnSync(
        'bash',
        ['-c', 'TIMEFORMAT="%U %S"; time bogofilter "$@" >/dev/null', 'bash', ...args, '-T'],
        { input: listOf(some), encoding: 'utf8' },
      );
      const [user = 0, system = 0] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
      return (user + system) * 1_000;
    },
    [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true }),
  };
}
